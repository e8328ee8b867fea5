import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda-src/contract';
import { dashboardName } from '../../topology/names';
import { jsonEncode } from '../terraform/json-encode';
import { FUNCTION_METRICS, MAPPING_METRICS, type Metric, OWN_METRICS, PERIOD } from './metrics';

export interface DashboardProps {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly region: string;
}

const WIDTH = 12;
const HEIGHT = 6;

/**
 * What one consumer does, on one page named after its function and Region.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { functionName, logGroupName, region } = props;
    const { changesProcessed, changesFailed } = OWN_METRICS;
    const { iteratorAge, duration, errors, throttles, destinationDeliveryFailures } =
      FUNCTION_METRICS;
    const ofFunction = (title: string, ...metrics: Metric[]) => ({
      type: 'metric',
      properties: {
        title,
        region,
        period: PERIOD,
        metrics: metrics.map(({ namespace, metricName, dimension, statistic }) => [
          namespace,
          metricName,
          dimension,
          functionName,
          { stat: statistic },
        ]),
      },
    });
    const widgets = [
      ofFunction('Changes', changesProcessed, changesFailed),
      ofFunction('Age of the last record of a batch (ms)', iteratorAge),
      ofFunction('Failed invocations', errors, throttles, destinationDeliveryFailures),
      ofFunction('Duration (ms)', duration),
      {
        type: 'metric',
        properties: {
          title: 'Records sent to failed-batches buckets, by event source mapping of the Region',
          region,
          period: PERIOD,
          metrics: [[{ expression: search(MAPPING_METRICS.failedRecords) }]],
        },
      },
      {
        type: 'log',
        properties: {
          title: 'Changes by account and table',
          region,
          view: 'table',
          query: `SOURCE '${logGroupName}' | filter ispresent(${METRICS.processed}) | stats sum(${METRICS.processed}) as changes, sum(${METRICS.failed}) as failed by account, table | sort changes desc`,
        },
      },
    ];
    new CloudwatchDashboard(this, 'resource', {
      // Dashboards are of the account, not of the Region.
      dashboardName: dashboardName(functionName, region),
      dashboardBody: jsonEncode({
        widgets: widgets.map((widget, index) => ({
          ...widget,
          x: (index % 2) * WIDTH,
          y: Math.floor(index / 2) * HEIGHT,
          width: WIDTH,
          height: HEIGHT,
        })),
      }),
    });
  }
}

/** Every series of a metric, whatever its dimension's value. */
function search({ namespace, metricName, dimension, statistic }: Metric): string {
  return `SEARCH('{${namespace},${dimension}} MetricName="${metricName}"', '${statistic}', ${PERIOD})`;
}
