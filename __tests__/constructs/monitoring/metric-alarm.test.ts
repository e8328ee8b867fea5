import { MetricAlarm, type MetricAlarmProps } from '../../../constructs/monitoring/metric-alarm';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonOf } from '../../helpers/synth-app';

const TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:on-call';

type Settings = Pick<
  MetricAlarmProps,
  'metric' | 'of' | 'threshold' | 'below' | 'periods' | 'treatMissingData'
>;

test.each<[string, Settings, object]>([
  [
    'a function',
    {
      metric: {
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        statistic: 'Sum',
        dimension: 'FunctionName',
      },
      of: 'ProcessOrders',
      threshold: 5,
      treatMissingData: 'notBreaching',
    },
    {
      namespace: 'AWS/Lambda',
      metric_name: 'Errors',
      statistic: 'Sum',
      dimensions: { FunctionName: 'ProcessOrders' },
      threshold: 5,
      treat_missing_data: 'notBreaching',
    },
  ],
  [
    'a mapping that is a reference',
    {
      metric: {
        namespace: 'Other',
        metricName: 'Age',
        statistic: 'Maximum',
        dimension: 'EventSourceMappingUUID',
      },
      of: '${aws_lambda_event_source_mapping.m.uuid}',
      threshold: 900_000,
      treatMissingData: 'ignore',
    },
    {
      namespace: 'Other',
      metric_name: 'Age',
      statistic: 'Maximum',
      dimensions: { EventSourceMappingUUID: '${aws_lambda_event_source_mapping.m.uuid}' },
      threshold: 900_000,
      treat_missing_data: 'ignore',
    },
  ],
  [
    'what must not be silent, for which no data is sent as well,',
    {
      metric: {
        namespace: 'Other',
        metricName: 'Polls',
        statistic: 'SampleCount',
        dimension: 'EventSourceMappingUUID',
      },
      of: 'uuid',
      threshold: 1,
      below: true,
      periods: 3,
      treatMissingData: 'missing',
    },
    {
      namespace: 'Other',
      metric_name: 'Polls',
      statistic: 'SampleCount',
      dimensions: { EventSourceMappingUUID: 'uuid' },
      threshold: 1,
      evaluation_periods: 3,
      comparison_operator: 'LessThanThreshold',
      treat_missing_data: 'missing',
      insufficient_data_actions: [TOPIC_ARN],
    },
  ],
])(
  'an alarm on a metric of %s is sent to its topic, and its OK is not',
  (_, settings, expected) => {
    const stack = new EmptyStack();
    new MetricAlarm(stack, 'my-alarm', {
      name: 'my-alarm',
      description: 'What to do.',
      topicArn: TOPIC_ARN,
      ...settings,
    });
    stack.prepareStack();
    expect(jsonOf(stack).resource).toEqual({
      aws_cloudwatch_metric_alarm: {
        my_alarm: {
          provider: 'aws.consumer',
          alarm_name: 'my-alarm',
          alarm_description: 'What to do.',
          period: 300,
          evaluation_periods: 1,
          comparison_operator: 'GreaterThanOrEqualToThreshold',
          alarm_actions: [TOPIC_ARN],
          ...expected,
        },
      },
    });
  },
);
