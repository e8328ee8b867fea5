import { parse } from '@cdktf/hcl2json';
import { type App, Testing } from 'cdktf';
import {
  ConsumerAlarms,
  type ConsumerAlarmsProps,
} from '../../../constructs/monitoring/consumer-alarms';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import type { ResolvedConsumer } from '../../../topology/resolve';
import { alarm } from '../../helpers/blocks';
import { EmptyStack } from '../../helpers/empty-stack';
import { counts, hclApp, jsonApp, jsonOf, resolved } from '../../helpers/synth-app';
import { consumer, topology } from '../../helpers/topology';

// The parser of HCL takes a while to start.
jest.setTimeout(30_000);

const SETTINGS: ConsumerAlarmsProps['settings'] = {
  iteratorAgeInSeconds: 900,
  errors: 1,
  throttles: 1,
  durationInPercent: 80,
  failedRecords: 1,
};
const OWN_TOPIC = '${aws_sns_topic.alarms_topic.arn}';
const SHARED_TOPIC = 'arn:aws:sns:us-east-1:111122223333:on-call';

function stackWith(
  settings: Partial<ConsumerAlarmsProps['settings']>,
  timeout = 60,
  app: App = jsonApp(),
): EmptyStack {
  return stackOf(consumerWith({ timeout }), settings, app);
}

function consumerWith(settings: Readonly<Record<string, unknown>>): ResolvedConsumer {
  const { function: original } = consumer('ProcessOrders');
  const content = topology({
    'consumers.process-orders.function': { ...original, ...settings },
  });
  return resolved(content).consumers[0] as ResolvedConsumer;
}

function stackOf(
  reader: ResolvedConsumer,
  settings: Partial<ConsumerAlarmsProps['settings']>,
  app: App = jsonApp(),
): EmptyStack {
  const stack = new EmptyStack(app);
  const { topicArn } = new ConsumerAlarms(stack, 'alarms', {
    settings: { ...SETTINGS, ...settings },
    consumer: reader,
    functionName: '${aws_lambda_function.f.function_name}',
  });
  stack.publish({ topic_arn: topicArn });
  stack.prepareStack();
  return stack;
}

const blocks = (thresholds: Readonly<Record<string, number>> = {}, topicArn = OWN_TOPIC) => {
  const block = (id: string, settings: object) =>
    alarm(topicArn, {
      alarm_name: `ProcessOrders-${id}`,
      dimensions: { FunctionName: '${aws_lambda_function.f.function_name}' },
      alarm_description: expect.stringMatching(/\bProcessOrders\b.*\.$/),
      ...settings,
      ...(id in thresholds ? { threshold: thresholds[id] } : {}),
    });
  return {
    alarms_iterator_age: block('iterator-age', {
      metric_name: 'IteratorAge',
      statistic: 'Maximum',
      threshold: 900_000,
      treat_missing_data: 'ignore',
    }),
    alarms_errors: block('errors', { metric_name: 'Errors' }),
    alarms_failed_changes: block('failed-changes', {
      namespace: 'CrossAccountStreams',
      metric_name: 'ChangesFailed',
    }),
    alarms_throttles: block('throttles', { metric_name: 'Throttles' }),
    alarms_duration: block('duration', {
      metric_name: 'Duration',
      statistic: 'Maximum',
      threshold: 48_000,
    }),
    alarms_destination_failures: block('destination-failures', {
      metric_name: 'DestinationDeliveryFailures',
    }),
  };
};

const alarmsOf = (stack: EmptyStack) => jsonOf(stack).resource?.aws_cloudwatch_metric_alarm;

describe('the threshold', () => {
  test.each<[string, Partial<typeof SETTINGS>, number, Readonly<Record<string, number>>]>([
    ['of each is that of the defaults', {}, 60, {}],
    ['of the age is in milliseconds', { iteratorAgeInSeconds: 1 }, 60, { 'iterator-age': 1_000 }],
    ['of errors is their number', { errors: 7 }, 60, { errors: 7, 'failed-changes': 7 }],
    ['of throttles is their number', { throttles: 8 }, 60, { throttles: 8 }],
    [
      'of the duration is in milliseconds of the timeout',
      { durationInPercent: 50 },
      3,
      { duration: 1_500 },
    ],
    [
      'of the duration can be all of the timeout',
      { durationInPercent: 100 },
      900,
      { duration: 900_000 },
    ],
    ['of records given up is for the subscriptions', { failedRecords: 9 }, 60, {}],
  ])('%s', (_, settings, timeout, thresholds) => {
    expect(alarmsOf(stackWith(settings, timeout))).toEqual(blocks(thresholds));
  });
});

test('the description of the alarm on duration says which', () => {
  const { alarms_duration = {} } = alarmsOf(stackWith({ durationInPercent: 25 }, 120)) ?? {};
  expect(Reflect.get(alarms_duration, 'alarm_description')).toBe(
    'An invocation of ProcessOrders took 25% of the 120 seconds it has.',
  );
});

describe('the alarm on concurrency', () => {
  const alarmOf = (reserved?: number, concurrentExecutions?: number) => {
    const reader = consumerWith({ reservedConcurrentExecutions: reserved });
    return alarmsOf(stackOf(reader, { concurrentExecutions }))?.alarms_concurrency;
  };

  test.each([
    ['80% of what is reserved', 100, undefined, 80],
    ['80%, rounded up', 7, undefined, 6],
    ['all of one', 1, undefined, 1],
    ['what is asked for', 100, 95, 95],
    ['what is asked for where nothing is reserved', undefined, 900, 900],
  ])('is raised at %s', (_, reserved, asked, threshold) => {
    expect(alarmOf(reserved, asked)).toEqual(
      alarm(OWN_TOPIC, {
        alarm_name: 'ProcessOrders-concurrency',
        dimensions: { FunctionName: '${aws_lambda_function.f.function_name}' },
        alarm_description: expect.stringMatching(
          new RegExp(`^ProcessOrders has run ${threshold} times at a time for 15 minutes: `),
        ),
        metric_name: 'ConcurrentExecutions',
        statistic: 'Maximum',
        evaluation_periods: 3,
        threshold,
      }),
    );
  });

  test('is none without a reservation and a number', () => {
    expect(alarmOf()).toBeUndefined();
  });
});

describe('the topic', () => {
  test('is made, and is the one that subscriptions tell', () => {
    const { resource, output } = jsonOf(stackWith({}));
    expect(counts(resource)).toEqual({
      aws_cloudwatch_metric_alarm: 6,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_sns_topic: 1,
      aws_sns_topic_policy: 1,
    });
    expect(resource?.aws_sns_topic).toEqual({
      alarms_topic: {
        provider: 'aws.consumer',
        name: 'ProcessOrders-alarms',
        kms_master_key_id: '${aws_kms_key.alarms_topic_key.key_id}',
      },
    });
    expect(output).toEqual({ topic_arn: { description: 'topic_arn', value: OWN_TOPIC } });
  });

  test('may be one that exists', () => {
    const { resource, data, output } = jsonOf(stackWith({ topicArn: SHARED_TOPIC }));
    expect(resource).toEqual({ aws_cloudwatch_metric_alarm: blocks({}, SHARED_TOPIC) });
    expect(data).toBeUndefined();
    expect(output).toEqual({ topic_arn: { description: 'topic_arn', value: SHARED_TOPIC } });
  });

  test.each([
    ['that the stack makes', {}, OWN_TOPIC],
    ['that exists', { topicArn: SHARED_TOPIC }, SHARED_TOPIC],
  ])('%s tells an email address', (_, settings, topicArn) => {
    const stack = stackWith({ ...settings, email: 'team@example.com' });
    expect(jsonOf(stack).resource?.aws_sns_topic_subscription).toEqual({
      alarms_email: {
        provider: 'aws.consumer',
        topic_arn: topicArn,
        protocol: 'email',
        endpoint: 'team@example.com',
      },
    });
  });
});

test.each([
  ['${a}@example.com', '$${a}@example.com'],
  ['"%{b}"@example.com', '"%%{b}"@example.com'],
])('in the address %s Terraform sees no template', async (email, endpoint) => {
  const settings = { topicArn: SHARED_TOPIC, email };
  const block = {
    provider: 'aws.consumer',
    topic_arn: SHARED_TOPIC,
    protocol: 'email',
    endpoint,
  };
  const hcl = await tidyHcl(Testing.synthHcl(stackWith(settings, 60, hclApp()), true));
  const { resource } = await parse('cdk.tf', hcl);
  expect(jsonOf(stackWith(settings)).resource?.aws_sns_topic_subscription).toEqual({
    alarms_email: block,
  });
  expect(resource.aws_sns_topic_subscription).toEqual({
    alarms_email: [{ ...block, provider: '${aws.consumer}' }],
  });
});
