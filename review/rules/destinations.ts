import { environmentOf } from '../../packaging/environment';
import { arns, type Place } from '../../topology/arns';
import { names } from '../../topology/names';
import type {
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedSubscription,
} from '../../topology/resolve';
import { groupBy } from '../lists';
import { STREAM_LABEL } from '../read/attributes';
import type { Resource } from '../read/resources';
import type { Block } from '../read/stacks';
import { type Found, notAsMeant, placeOf, type Rule } from './rule';

/** By kind of resource and attribute: what it may be, once references are followed. */
type Expected = Readonly<Record<string, Attributes>>;
type Attributes = Readonly<Record<string, readonly (string | undefined)[]>>;

const TYPES = [
  'aws_cloudwatch_metric_alarm',
  'aws_dynamodb_table',
  'aws_lambda_event_source_mapping',
  'aws_lambda_function',
  'aws_sns_topic_subscription',
];

/** Changes, failed batches and alarms go where the topology says; keys and variables are those that it has. */
export const destinations: Rule = {
  name: 'destinations',
  check({ stacks, pipeline, topology: { consumers, producers, subscriptions } }) {
    const expected = new Map<string, Expected>([
      ...consumers.map((each) => [each.stackId, ofConsumer(each)] as const),
      ...producers.map((each) => [each.stackId, ofProducer(each)] as const),
      ...subscriptions.map((each) => [each.stackId, ofSubscription(each)] as const),
    ]);
    const attributesOf = (kind: string, { stack }: Resource) => expected.get(stack.id)?.[kind];
    return [
      ...TYPES.flatMap((type) =>
        stacks.resources(type).flatMap((each) => differing(each, attributesOf(type, each))),
      ),
      ...stacks
        .dataSources('aws_s3_bucket')
        .flatMap((each) => differing(each, attributesOf('data.aws_s3_bucket', each))),
      ...groupBy(pipeline.mappings, ({ streamArn, functionArn }) => [streamArn, functionArn])
        .flatMap(([, ...others]) => others)
        .map(({ resource }) => ({
          place: placeOf(resource),
          message:
            'reads the stream for the same function once more, so changes are processed twice; remove it',
        })),
    ];
  },
};

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
  if (encryption === 'customer-managed') return { aws_dynamodb_table: {} };
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

function differing(resource: Resource, attributes: Attributes | undefined): Found[] {
  const place = placeOf(resource);
  if (!attributes) return [{ place, message: 'is not of this stack by the topology; remove it' }];
  const others = Object.entries(attributes)
    .filter(([name, values]) => !values.includes(resource.optional(name)))
    .map(([name]) => name);
  return notAsMeant(place, [...others, ...strangeVariables(resource, attributes)]);
}

/** A variable can steer the runtime and the SDK, such as NODE_OPTIONS and AWS_ENDPOINT_URL. */
function strangeVariables({ block }: Resource, known: object): string[] {
  const { variables } = (block.environment ?? {}) as { variables?: Block };
  return Object.keys(variables ?? {})
    .map((name) => `environment.variables.${name}`)
    .filter((name) => !Object.hasOwn(known, name));
}
