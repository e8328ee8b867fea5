import { environmentOf } from '../../packaging/environment';
import { arns, roleName } from '../../topology/arns';
import { LAYERS, VPC } from '../../topology/limits';
import { names, STATE_BUCKET_STACK_ID } from '../../topology/names';
import {
  makesFunction,
  type ResolvedConsumer,
  type ResolvedTopology,
} from '../../topology/resolve';
import { groupBy, unique } from '../lists';
import type { Found } from '../model';
import { STREAM_LABEL } from '../read/attributes';
import type { Resource, Stacks } from '../read/resources';
import { notAsMeant, type Rule } from './rule';

/** What attributes may be once references are followed, by kind of block. */
type Expected = Readonly<Record<string, Attributes>>;
type Attributes = Readonly<Record<string, readonly (string | undefined)[]>>;

const VARIABLE = 'environment.variables.';

const BUCKET_KEY = 'rule.0.apply_server_side_encryption_by_default.kms_master_key_id';
const RESULTS_KEY = 'configuration.result_configuration.encryption_configuration.kms_key_arn';

const TYPES = [
  'aws_athena_workgroup',
  'aws_cloudwatch_log_group',
  'aws_cloudwatch_metric_alarm',
  'aws_dynamodb_table',
  'aws_lambda_event_source_mapping',
  'aws_lambda_function',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_sns_topic_subscription',
  'data.aws_iam_role',
  'data.aws_lambda_function',
  'data.aws_s3_bucket',
];

/** Changes, failed batches and alarms go where the topology says; keys and variables are those that it has. */
export const destinations: Rule = ({ stacks, topology }) => {
  const expected = expectedOf(topology, stacks);
  const mappings = stacks.resources('aws_lambda_event_source_mapping');
  return [
    ...TYPES.flatMap((type) => stacks.resources(type)).flatMap((block) =>
      differing(block, expected.get(block.stack.id)?.[block.type]),
    ),
    ...groupBy(mappings, (each) => [each.text('event_source_arn'), each.text('function_name')])
      .flatMap(([, ...others]) => others)
      .map((resource) => ({
        place: resource.place,
        message:
          'reads the stream for the same function once more, so changes are processed twice; remove it',
      })),
  ];
};

/** By stack id. */
function expectedOf(topology: ResolvedTopology, stacks: Stacks) {
  const { consumers, producers, subscriptions, state } = topology;
  const expected = new Map<string, Expected>();
  expected.set(STATE_BUCKET_STACK_ID, {
    aws_s3_bucket_server_side_encryption_configuration: { [BUCKET_KEY]: [state.kmsKeyId] },
  });
  for (const consumer of consumers) {
    const { sink, alarms } = consumer;
    const actions = actionsOf(consumer, consumer.function.name);
    const key = keyOf(consumer, stacks);
    expected.set(consumer.stackId, {
      aws_cloudwatch_metric_alarm: actions,
      ...functionOf(consumer, key),
      'data.aws_iam_role': { name: [roleName(consumer.role.arn)] },
      aws_cloudwatch_log_group: { kms_key_id: [key] },
      aws_s3_bucket_server_side_encryption_configuration: { [BUCKET_KEY]: [key] },
      aws_athena_workgroup: { [RESULTS_KEY]: [key] },
      aws_sns_topic_subscription: {
        topic_arn: actions['alarm_actions.0'],
        endpoint: [alarms ? alarms.email : undefined],
      },
      'data.aws_s3_bucket': { bucket: [sink.type === 's3' ? sink.bucket : undefined] },
    });
  }
  for (const { stackId, source } of producers) {
    const key = typeof source.encryption === 'object' ? source.encryption.kmsKeyArn : undefined;
    // Whether a key of the stack is that of the table is a question of access.
    const isOwn = source.encryption === 'customer-managed';
    const attributes: Attributes = isOwn ? {} : { 'server_side_encryption.0.kms_key_arn': [key] };
    expected.set(stackId, { aws_dynamodb_table: attributes });
  }
  for (const subscription of subscriptions) {
    const { source, stream, account, functionName, failedBatchesBucket: bucket } = subscription;
    const streamArn = 'arn' in stream ? stream.arn : `${arns.streams(source)}${STREAM_LABEL}`;
    expected.set(subscription.stackId, {
      aws_cloudwatch_metric_alarm: actionsOf(subscription, functionName),
      aws_lambda_event_source_mapping: {
        event_source_arn: [streamArn],
        function_name: [arns.function(account, functionName)],
        'destination_config.on_failure.destination_arn': [arns.bucket(account, bucket)],
      },
    });
  }
  return expected;
}

/** The key of what a consumer keeps. */
function keyOf({ stackId, encryption }: ResolvedConsumer, stacks: Stacks): string | undefined {
  if (typeof encryption === 'object') return encryption.kmsKeyArn;
  if (encryption === 'aws-owned') return undefined;
  const isOwn = ({ place }: Resource) => place === `${stackId} aws_kms_key.consumer_key`;
  return stacks.resources('aws_kms_key').find(isOwn)?.text('arn');
}

function functionOf(consumer: ResolvedConsumer, key: string | undefined): Expected {
  if (!makesFunction(consumer)) {
    return { 'data.aws_lambda_function': { function_name: [consumer.function.name] } };
  }
  const { layers, vpc } = consumer.function;
  const variables = Object.entries(environmentOf(consumer)).map(([variable, value]) => [
    VARIABLE + variable,
    [value],
  ]);
  return {
    aws_lambda_function: {
      role: [consumer.role.arn],
      kms_key_arn: [variables.length > 0 ? key : undefined],
      ...Object.fromEntries(variables),
      ...itemsOf('layers', LAYERS.count, layers),
      ...itemsOf('vpc_config.0.subnet_ids', VPC.subnets, vpc?.subnetIds),
      ...itemsOf('vpc_config.0.security_group_ids', VPC.securityGroups, vpc?.securityGroupIds),
    },
  };
}

/** A list that has exactly these items: of the places up to one more than the list can have, each with its item. */
function itemsOf(attribute: string, most: number, items: readonly string[] = []): Attributes {
  const places = Array.from({ length: most + 1 }, (_, index) => index);
  return Object.fromEntries(places.map((place) => [`${attribute}.${place}`, [items[place]]]));
}

function actionsOf(
  { alarms, account }: Pick<ResolvedConsumer, 'alarms' | 'account'>,
  functionName: string,
) {
  const ownTopic = arns.topic(account, names.topic(functionName));
  const topic = alarms ? (alarms.topicArn ?? ownTopic) : undefined;
  return {
    'alarm_actions.0': [topic],
    'alarm_actions.1': [undefined],
    'insufficient_data_actions.0': [topic, undefined],
    'insufficient_data_actions.1': [undefined],
  };
}

/** Variables too that are not expected: one can steer the runtime and the SDK, such as NODE_OPTIONS. */
function differing(resource: Resource, expected: Attributes | undefined): Found[] {
  const place = resource.place;
  if (!expected) return [{ place, message: 'is not of this stack by the topology; remove it' }];
  const variables = Object.keys(resource.block.environment?.variables ?? {});
  const attributes = unique([
    ...Object.keys(expected),
    ...variables.map((name) => VARIABLE + name),
  ]);
  const isExpected = (name: string) =>
    (expected[name] ?? [undefined]).includes(resource.optional(name));
  return notAsMeant(
    place,
    attributes.filter((name) => !isExpected(name)),
  );
}
