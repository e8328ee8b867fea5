import { STACK_ID_LENGTH } from '../../topology/names';
import { accountBlocks, alarm } from '../helpers/blocks';
import { remoteState } from '../helpers/remote-state';
import { synthApp } from '../helpers/synth-app';
import {
  consumer,
  existingStream,
  inRegion,
  type Overrides,
  STREAM_OF_OTHERS,
  TWO_ACCOUNTS,
  topology,
} from '../helpers/topology';

const ID = 'subscription-orders-process-orders';

const MAPPING = {
  provider: 'aws.consumer',
  event_source_arn: '${data.terraform_remote_state.producer_orders.outputs.stream_arn}',
  function_name: '${data.terraform_remote_state.consumer_process_orders.outputs.function_arn}',
  enabled: true,
  starting_position: 'TRIM_HORIZON',
  batch_size: 100,
  maximum_batching_window_in_seconds: 0,
  parallelization_factor: 1,
  bisect_batch_on_function_error: true,
  maximum_retry_attempts: 10,
  maximum_record_age_in_seconds: 82800,
  tumbling_window_in_seconds: 0,
  function_response_types: ['ReportBatchItemFailures'],
  metrics_config: { metrics: ['EventCount'] },
  destination_config: {
    on_failure: {
      destination_arn:
        '${data.terraform_remote_state.consumer_process_orders.outputs.failed_batches_bucket_arn}',
    },
  },
};

const STREAM = { stream_arn: 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/' };

const FUNCTION = {
  function_arn: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
  failed_batches_bucket_arn: 'arn:aws:s3:::process-orders-failed-batches-025f751830a2',
};

const DOCTOR =
  "To find the cause: npm run doctor -- --subscription 'subscription-orders-process-orders'";

const ALARM = alarm(
  '${data.terraform_remote_state.consumer_process_orders.outputs.alarm_topic_arn}',
  {
    alarm_name: 'ProcessOrders-subscription-orders-process-orders-failed-batches',
    alarm_description: `Lambda discarded records of subscription-orders-process-orders; they wait in the failed-batches bucket. Once the cause is removed, npm run redrive -- --consumer process-orders delivers them again. ${DOCTOR}`,
    metric_name: 'OnFailureDestinationDeliveredEventCount',
    dimensions: {
      EventSourceMappingUUID: '${aws_lambda_event_source_mapping.event_source_mapping.uuid}',
    },
  },
);

const LOST_RECORDS = {
  ...ALARM,
  alarm_name: 'ProcessOrders-subscription-orders-process-orders-lost-records',
  alarm_description: `Lambda discarded records of subscription-orders-process-orders and could not write them to the failed-batches bucket. They are lost unless they are still in the stream. ${DOCTOR}`,
  metric_name: 'DroppedEventCount',
};

const FAILED_INVOKES = {
  ...ALARM,
  alarm_name: 'ProcessOrders-subscription-orders-process-orders-failed-invokes',
  alarm_description: `Invocations for subscription-orders-process-orders have failed for 15 minutes. If ProcessOrders shows no errors, Lambda does not reach it. ${DOCTOR}`,
  metric_name: 'FailedInvokeEventCount',
  evaluation_periods: 3,
};

const NOT_POLLED = {
  ...ALARM,
  alarm_name: 'ProcessOrders-subscription-orders-process-orders-not-polled',
  alarm_description: `INSUFFICIENT_DATA means that Lambda no longer reads the stream of subscription-orders-process-orders, which keeps records for 24 hours. ${DOCTOR}`,
  metric_name: 'PolledEventCount',
  statistic: 'SampleCount',
  evaluation_periods: 3,
  comparison_operator: 'LessThanThreshold',
  treat_missing_data: 'missing',
  insufficient_data_actions: [
    '${data.terraform_remote_state.consumer_process_orders.outputs.alarm_topic_arn}',
  ],
};

const RESOURCES = {
  aws_lambda_event_source_mapping: { event_source_mapping: MAPPING },
  aws_cloudwatch_metric_alarm: {
    failed_batches: ALARM,
    lost_records: LOST_RECORDS,
    failed_invokes: FAILED_INVOKES,
    not_polled: NOT_POLLED,
  },
};

test('a subscription is one event source mapping and its alarms, in the account of the consumer', () => {
  expect(synthApp(topology()).json(ID)).toEqual({
    ...accountBlocks(ID, 'consumer', '111122223333'),
    data: {
      terraform_remote_state: {
        producer_orders: remoteState('producer-orders', STREAM),
        consumer_process_orders: remoteState('consumer-process-orders', {
          ...FUNCTION,
          alarm_topic_arn: 'arn:aws:sns:us-east-1:111122223333:ProcessOrders-alarms',
        }),
      },
    },
    resource: RESOURCES,
    output: {
      event_source_mapping_uuid: {
        description: 'UUID of the event source mapping',
        value: '${aws_lambda_event_source_mapping.event_source_mapping.uuid}',
      },
    },
  });
});

describe('the mapping', () => {
  const subscription = (settings: object): Overrides => ({
    'subscriptions[0]': { producer: 'orders', consumer: 'process-orders', ...settings },
  });
  const filtered = (...patterns: string[]) => ({
    ...MAPPING,
    filter_criteria: { filter: patterns.map((pattern) => ({ pattern })) },
  });

  test.each<[string, Overrides, object]>([
    [
      'has every setting of the subscription',
      subscription({
        startingPosition: 'LATEST',
        batchSize: 1,
        maximumBatchingWindowInSeconds: 2,
        parallelizationFactor: 3,
        bisectBatchOnFunctionError: false,
        maximumRetryAttempts: 4,
        maximumRecordAgeInSeconds: 901,
      }),
      {
        ...MAPPING,
        starting_position: 'LATEST',
        batch_size: 1,
        maximum_batching_window_in_seconds: 2,
        parallelization_factor: 3,
        bisect_batch_on_function_error: false,
        maximum_retry_attempts: 4,
        maximum_record_age_in_seconds: 901,
      },
    ],
    [
      'has a window, for a handler that answers with its state',
      {
        'consumers.process-orders.function': {
          name: 'ProcessOrders',
          runtime: 'python3.12',
          code: { directory: 'lambda-src/python', handler: 'index.handler' },
        },
        ...subscription({ tumblingWindowInSeconds: 6 }),
      },
      { ...MAPPING, tumbling_window_in_seconds: 6 },
    ],
    [
      'retries without end',
      subscription({ maximumRetryAttempts: -1, maximumRecordAgeInSeconds: -1 }),
      { ...MAPPING, maximum_retry_attempts: -1, maximum_record_age_in_seconds: -1 },
    ],
    [
      'has several filters, in the order of the file',
      subscription({
        filters: [
          { eventName: ['REMOVE'], userIdentity: { type: ['Service'] } },
          { dynamodb: { NewImage: { Total: { N: [{ 'anything-but': ['9.5'] }] } } } },
          { dynamodb: { SizeBytes: [{ numeric: ['>', 9.5] }] } },
        ],
      }),
      filtered(
        '{"eventName":["REMOVE"],"userIdentity":{"type":["Service"]}}',
        '{"dynamodb":{"NewImage":{"Total":{"N":[{"anything-but":["9.5"]}]}}}}',
        '{"dynamodb":{"SizeBytes":[{"numeric":[">",9.5]}]}}',
      ),
    ],
    [
      'has a filter whose characters Terraform leaves as they are',
      subscription({ filters: [{ dynamodb: { NewImage: { Name: { S: ['Cafe\u0301'] } } } }] }),
      filtered('{"dynamodb":{"NewImage":{"Name":{"S":["Cafe\\u0301"]}}}}'),
    ],
    [
      'has a filter in which Terraform sees no template',
      subscription({
        filters: [{ dynamodb: { Keys: { OrderId: { S: ['${a}', '%{b}', '"\\'] } } } }],
      }),
      filtered('{"dynamodb":{"Keys":{"OrderId":{"S":["$${a}","%%{b}","\\"\\\\"]}}}}'),
    ],
  ])('%s', (_, overrides, expected) => {
    const { resource } = synthApp(topology(overrides)).json(ID);
    expect(resource).toEqual({
      ...RESOURCES,
      aws_lambda_event_source_mapping: { event_source_mapping: expected },
    });
  });
});

test('a subscription that is paused is not missed', () => {
  const { resource } = synthApp(topology({ 'subscriptions[0].enabled': false })).json(ID);
  expect(resource).toEqual({
    aws_lambda_event_source_mapping: { event_source_mapping: { ...MAPPING, enabled: false } },
    aws_cloudwatch_metric_alarm: { failed_batches: ALARM, lost_records: LOST_RECORDS },
  });
});

describe('the alarm', () => {
  const resources = (alarms: unknown) =>
    synthApp(topology({ 'consumers.process-orders.alarms': alarms })).json(ID).resource;

  test('is raised by as many records as the consumer says', () => {
    expect(resources({ failedRecords: 25 })).toEqual({
      ...RESOURCES,
      aws_cloudwatch_metric_alarm: {
        ...RESOURCES.aws_cloudwatch_metric_alarm,
        failed_batches: { ...ALARM, threshold: 25 },
      },
    });
  });

  test('is sent to the topic of the consumer, whichever that is', () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:on-call';
    expect(resources({ topicArn })).toEqual(RESOURCES);
  });

  test('is turned off with those of the consumer', () => {
    const { aws_lambda_event_source_mapping } = RESOURCES;
    expect(resources(false)).toEqual({ aws_lambda_event_source_mapping });
  });
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
test('the longest names of a function and a stack give alarms a name that CloudWatch takes', () => {
  const reader = 'c'.repeat(STACK_ID_LENGTH - 'subscription-orders-'.length);
  const content = topology({
    consumers: { [reader]: { ...consumer('F'), function: { name: 'F'.repeat(64) } } },
    'subscriptions[0].consumer': reader,
  });
  const { resource } = synthApp(content).json(`subscription-orders-${reader}`);
  const lengths = Object.values(resource?.aws_cloudwatch_metric_alarm ?? {}).map(
    (block) => Reflect.get(block, 'alarm_name').length,
  );
  expect(Math.max(...lengths)).toBe(255);
});

describe('what other stacks publish is believed only as the topology has it:', () => {
  const states = (overrides: Overrides, id = ID) =>
    synthApp(topology(overrides)).json(id).data?.terraform_remote_state;

  test('a topic of the user', () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:on-call';
    expect(states({ 'consumers.process-orders.alarms': { topicArn } })).toEqual({
      producer_orders: remoteState('producer-orders', STREAM),
      consumer_process_orders: remoteState('consumer-process-orders', {
        ...FUNCTION,
        alarm_topic_arn: topicArn,
      }),
    });
  });

  test('no topic without alarms', () => {
    expect(states({ 'consumers.process-orders.alarms': false })).toEqual({
      producer_orders: remoteState('producer-orders', STREAM),
      consumer_process_orders: remoteState('consumer-process-orders', FUNCTION),
    });
  });

  test('another partition and Region', () => {
    expect(states(inRegion('cn-north-1'))).toEqual({
      producer_orders: remoteState('producer-orders', {
        stream_arn: 'arn:aws-cn:dynamodb:cn-north-1:444455556666:table/Orders/stream/',
      }),
      consumer_process_orders: remoteState('consumer-process-orders', {
        function_arn: 'arn:aws-cn:lambda:cn-north-1:111122223333:function:ProcessOrders',
        failed_batches_bucket_arn: 'arn:aws-cn:s3:::process-orders-failed-batches-33c881e2280c',
        alarm_topic_arn: 'arn:aws-cn:sns:cn-north-1:111122223333:ProcessOrders-alarms',
      }),
    });
  });

  test('the stream of the one tenant', () => {
    expect(states(TWO_ACCOUNTS, 'subscription-orders-tenant-process-orders')).toMatchObject({
      producer_orders_tenant: remoteState('producer-orders-tenant', {
        stream_arn: 'arn:aws:dynamodb:us-east-1:777777777777:table/Orders/stream/',
      }),
    });
  });
});

describe('everything else is the same, and refers to its own,', () => {
  /** What a subscription is, with other names in it. */
  const renamed = (names: Readonly<Record<string, string>>) =>
    JSON.parse(
      Object.entries(names).reduce(
        (text, [name, other]) => text.replaceAll(name, other),
        JSON.stringify(RESOURCES),
      ),
    );

  test('of a producer in several accounts', () => {
    const app = synthApp(topology(TWO_ACCOUNTS));
    for (const account of ['shop', 'tenant']) {
      const id = `subscription-orders-${account}-process-orders`;
      const names = { [ID]: id, producer_orders: `producer_orders_${account}` };
      expect(app.json(id).resource).toEqual(renamed(names));
    }
  });

  test('of a stream that others own, whose ARN it has, and whose state it does not read', () => {
    const app = synthApp(topology(existingStream()));
    const { data, resource } = app.json(ID);
    expect(app.ids).toEqual(['consumer-process-orders', ID]);
    expect(app.dependencies(ID)).toEqual(['consumer-process-orders']);
    expect(Object.keys(data?.terraform_remote_state ?? {})).toEqual(['consumer_process_orders']);
    expect(resource).toEqual(renamed({ [MAPPING.event_source_arn]: STREAM_OF_OTHERS }));
  });

  test('of two readers', () => {
    const app = synthApp(
      topology({
        'consumers.search': consumer('Search'),
        'subscriptions[1]': { producer: 'orders', consumer: 'search' },
      }),
    );
    const id = 'subscription-orders-search';
    const names = {
      [ID]: id,
      consumer_process_orders: 'consumer_search',
      'process-orders': 'search',
      ProcessOrders: 'Search',
    };
    expect(app.json(ID).resource).toEqual(RESOURCES);
    expect(app.json(id).resource).toEqual(renamed(names));
  });
});
