import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda-src/contract';
import { names } from '../../topology/names';
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
    new CloudwatchDashboard(this, 'resource', {
      dashboardName: names.dashboard(props.functionName, props.region),
      dashboardBody: jsonEncode({ widgets: widgets(props).map(inTwoColumns) }),
    });
  }
}

function widgets({ functionName, logGroupName, region }: DashboardProps): object[] {
  const graph = (title: string, ...metrics: unknown[][]) => ({
    type: 'metric',
    properties: { title, region, period: PERIOD, metrics },
  });
  const series = ({ namespace, metricName, dimension, statistic }: Metric): unknown[] => {
    return [namespace, metricName, dimension, functionName, { stat: statistic }];
  };
  const { changesProcessed, changesFailed } = OWN_METRICS;
  const { iteratorAge, duration, errors, throttles } = FUNCTION_METRICS;
  const failures = [errors, throttles, FUNCTION_METRICS.destinationDeliveryFailures];
  return [
    graph('Changes', series(changesProcessed), series(changesFailed)),
    graph('Age of the last record of a batch (ms)', series(iteratorAge)),
    graph('Failed invocations', ...failures.map(series)),
    graph('Duration (ms)', series(duration)),
    graph('Records sent to failed-batches buckets, by event source mapping of the Region', [
      { expression: search(MAPPING_METRICS.failedRecords) },
    ]),
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
}

function inTwoColumns(widget: object, index: number): object {
  const place = { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT };
  return { ...widget, ...place, width: WIDTH, height: HEIGHT };
}

/** Every series of a metric, whatever its dimension's value. */
function search({ namespace, metricName, dimension, statistic }: Metric): string {
  return `SEARCH('{${namespace},${dimension}} MetricName="${metricName}"', '${statistic}', ${PERIOD})`;
}
