import { environmentOf } from '../../packaging/environment';
import { arns, type Place } from '../../topology/arns';
import { names } from '../../topology/names';
import type {
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedSubscription,
  ResolvedTopology,
} from '../../topology/resolve';
import { STREAM_LABEL } from '../read/attributes';
import type { Resource } from '../read/resources';
import type { Block } from '../read/stacks';
import { type Found, placeOf, type Rule } from './rule';

/** By type and attribute: what it may be, once references are followed. */
type Expected = Readonly<Record<string, Readonly<Record<string, readonly (string | undefined)[]>>>>;

/** Changes, failed batches and alarms go where the topology says; keys and variables are those that it has. */
export const destinations: Rule = {
  name: 'destinations',
  check({ stacks, topology }) {
    const expected = byStack(topology);
    return TYPES.flatMap((type) => [
      ...stacks.resources(type),
      ...stacks.dataSources(type),
    ]).flatMap((resource) => differing(resource, expected.get(resource.stack.id) ?? {}));
  },
};

const TYPES = [
  'aws_cloudwatch_metric_alarm',
  'aws_dynamodb_table',
  'aws_lambda_event_source_mapping',
  'aws_lambda_function',
  'aws_s3_bucket',
  'aws_sns_topic_subscription',
];

function byStack({ consumers, producers, subscriptions }: ResolvedTopology): Map<string, Expected> {
  return new Map([
    ...consumers.map((each): [string, Expected] => [each.stackId, ofConsumer(each)]),
    ...producers.map((each): [string, Expected] => [each.stackId, ofProducer(each)]),
    ...subscriptions.map((each): [string, Expected] => [each.stackId, ofSubscription(each)]),
  ]);
}

function ofConsumer(consumer: ResolvedConsumer): Expected {
  const { account, function: lambda, sink, alarms } = consumer;
  const topic = alarmTopicArn(alarms, account, lambda.name);
  const variables = Object.entries(environmentOf(consumer));
  return {
    aws_cloudwatch_metric_alarm: actions(topic),
    aws_lambda_function: Object.fromEntries(
      variables.map(([name, value]) => [`environment.variables.${name}`, [value]]),
    ),
    aws_sns_topic_subscription: {
      topic_arn: [topic],
      endpoint: [alarms ? alarms.email : undefined],
    },
    'data.aws_s3_bucket': { bucket: [sink.type === 's3' ? sink.bucket : undefined] },
  };
}

/** Where alarms are sent; nothing if there are none. */
export function alarmTopicArn(
  alarms: ResolvedConsumer['alarms'],
  account: Place,
  functionName: string,
): string | undefined {
  return alarms ? (alarms.topicArn ?? arns.topic(account, names.topic(functionName))) : undefined;
}

function ofProducer({ source: { encryption } }: ResolvedProducer): Expected {
  // Whether a key of the stack is that of the table is a question of access.
  if (encryption === 'customer-managed') return {};
  const key = encryption === 'aws-owned' ? undefined : encryption.kmsKeyArn;
  return { aws_dynamodb_table: { 'server_side_encryption.0.kms_key_arn': [key] } };
}

function ofSubscription(subscription: ResolvedSubscription): Expected {
  const { source, account, functionName, failedBatchesBucket, alarms } = subscription;
  return {
    aws_cloudwatch_metric_alarm: actions(alarmTopicArn(alarms, account, functionName)),
    aws_lambda_event_source_mapping: {
      event_source_arn: [`${arns.streams(source)}${STREAM_LABEL}`],
      function_name: [arns.function(account, functionName)],
      'destination_config.on_failure.destination_arn': [arns.bucket(account, failedBatchesBucket)],
    },
  };
}

function actions(topic: string | undefined) {
  return {
    'alarm_actions.0': [topic],
    'alarm_actions.1': [undefined],
    'insufficient_data_actions.0': [topic, undefined],
    'insufficient_data_actions.1': [undefined],
  };
}

function differing(resource: Resource, expected: Expected): Found[] {
  const { type, address } = resource;
  const attributes = expected[address.startsWith('data.') ? `data.${type}` : type] ?? {};
  const others = Object.entries(attributes)
    .filter(([name, values]) => !values.includes(resource.optional(name)))
    .map(([name]) => name);
  const all = [...others, ...strangeVariables(resource, attributes)];
  if (all.length === 0) return [];
  return [
    {
      place: placeOf(resource),
      message: `${all.join(', ')}: not what the topology says; write it there, or remove it`,
    },
  ];
}

/** A variable can steer the runtime and the SDK, such as NODE_OPTIONS and AWS_ENDPOINT_URL. */
function strangeVariables({ block }: Resource, known: object): string[] {
  const { variables } = (block.environment ?? {}) as { variables?: Block };
  return Object.keys(variables ?? {})
    .map((name) => `environment.variables.${name}`)
    .filter((name) => !Object.hasOwn(known, name));
}
