import { parse } from '@cdktf/hcl2json';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { type App, Testing } from 'cdktf';
import { Dashboard } from '../../../constructs/monitoring/dashboard';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { EmptyStack } from '../../helpers/empty-stack';
import { jsonencoded } from '../../helpers/jsonencoded';
import { hclApp, jsonApp, jsonOf } from '../../helpers/synth-app';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(30_000);

const NAME = '${aws_cloudwatch_log_group.log.id}';

function stackOf(app: App): EmptyStack {
  const stack = new EmptyStack(app);
  const log = new CloudwatchLogGroup(stack, 'log', { name: 'log' });
  new Dashboard(stack, 'my-dashboard', {
    functionName: log.id,
    logGroupName: log.name,
    region: 'eu-west-1',
  });
  stack.prepareStack();
  return stack;
}

const place = (x: number, y: number) => ({ x, y, width: 12, height: 6 });
const lambda = (metricName: string, stat: string) => [
  'AWS/Lambda',
  metricName,
  'FunctionName',
  NAME,
  { stat },
];

const BODY = {
  widgets: [
    {
      ...place(0, 0),
      type: 'metric',
      properties: {
        title: 'Changes',
        region: 'eu-west-1',
        period: 300,
        metrics: [
          ['CrossAccountStreams', 'ChangesProcessed', 'FunctionName', NAME, { stat: 'Sum' }],
          ['CrossAccountStreams', 'ChangesFailed', 'FunctionName', NAME, { stat: 'Sum' }],
        ],
      },
    },
    {
      ...place(12, 0),
      type: 'metric',
      properties: {
        title: 'Age of the last record of a batch (ms)',
        region: 'eu-west-1',
        period: 300,
        metrics: [lambda('IteratorAge', 'Maximum')],
      },
    },
    {
      ...place(0, 6),
      type: 'metric',
      properties: {
        title: 'Failed invocations',
        region: 'eu-west-1',
        period: 300,
        metrics: [
          lambda('Errors', 'Sum'),
          lambda('Throttles', 'Sum'),
          lambda('DestinationDeliveryFailures', 'Sum'),
        ],
      },
    },
    {
      ...place(12, 6),
      type: 'metric',
      properties: {
        title: 'Duration (ms)',
        region: 'eu-west-1',
        period: 300,
        metrics: [lambda('Duration', 'Maximum')],
      },
    },
    {
      ...place(0, 12),
      type: 'metric',
      properties: {
        title: 'Records sent to failed-batches buckets, by event source mapping of the Region',
        region: 'eu-west-1',
        period: 300,
        metrics: [
          [
            {
              expression:
                "SEARCH('{AWS/Lambda,EventSourceMappingUUID} MetricName=\"OnFailureDestinationDeliveredEventCount\"', 'Sum', 300)",
            },
          ],
        ],
      },
    },
    {
      ...place(12, 12),
      type: 'log',
      properties: {
        title: 'Changes by account and table',
        region: 'eu-west-1',
        view: 'table',
        query:
          "SOURCE '${aws_cloudwatch_log_group.log.name}' | filter ispresent(ChangesProcessed) | stats sum(ChangesProcessed) as changes, sum(ChangesFailed) as failed by account, table | sort changes desc",
      },
    },
  ],
};

test('a dashboard has what one function does, on six widgets', async () => {
  const { resource } = jsonOf(stackOf(jsonApp()));
  const block = resource?.aws_cloudwatch_dashboard?.my_dashboard ?? {};
  expect(resource).toEqual({
    aws_cloudwatch_log_group: { log: { provider: 'aws.consumer', name: 'log' } },
    aws_cloudwatch_dashboard: {
      my_dashboard: {
        provider: 'aws.consumer',
        dashboard_name: `${NAME}-eu-west-1`,
        dashboard_body: expect.any(String),
      },
    },
  });
  expect(await jsonencoded(Reflect.get(block, 'dashboard_body'))).toEqual(BODY);
});

test('a dashboard is the same as HCL', async () => {
  const hcl = await tidyHcl(Testing.synthHcl(stackOf(hclApp()), true));
  const { resource } = await parse('cdk.tf', hcl);
  const [block] = resource.aws_cloudwatch_dashboard.my_dashboard;
  expect(block).toEqual({
    provider: '${aws.consumer}',
    dashboard_name: `${NAME}-eu-west-1`,
    dashboard_body: expect.any(String),
  });
  expect(await jsonencoded(block.dashboard_body)).toEqual(BODY);
});

test('widgets lie beside and below each other', () => {
  const cells = BODY.widgets.map(({ x, y }) => `${x} ${y}`);
  expect(new Set(cells).size).toBe(BODY.widgets.length);
});
