import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda-src/contract';
import { names } from '../../topology/names';
import { jsonEncode } from '../terraform/literal';
import { FUNCTION_METRICS, MAPPING_METRICS, type Metric, OWN_METRICS, PERIOD } from './metrics';

/**
 * What one consumer does, on one page named after its function and Region.
 *
 * @param logGroup that the handler of lambda-src/ may write its metrics to; a function of others has its own handler
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function createDashboard(
  stack: Construct,
  region: string,
  functionName: string,
  logGroup: CloudwatchLogGroup | undefined,
): void {
  new CloudwatchDashboard(new Construct(stack, 'dashboard'), 'resource', {
    dashboardName: names.dashboard(functionName, region),
    dashboardBody: jsonEncode({
      widgets: widgets(region, functionName, logGroup).map(inTwoColumns),
    }),
  });
}

function widgets(
  region: string,
  functionName: string,
  logGroup: CloudwatchLogGroup | undefined,
): object[] {
  const graph = (title: string, ...metrics: unknown[][]) => ({
    type: 'metric',
    properties: { title, region, period: PERIOD, metrics },
  });
  const series = ({ namespace, metricName, dimension, statistic }: Metric): unknown[] => {
    return [namespace, metricName, dimension, functionName, { stat: statistic }];
  };
  const { iteratorAge, duration, errors, throttles } = FUNCTION_METRICS;
  const failures = [errors, throttles, FUNCTION_METRICS.destinationDeliveryFailures];
  return [
    ...(logGroup ? [graph('Changes', ...Object.values(OWN_METRICS).map(series))] : []),
    graph('Age of the last record of a batch (ms)', series(iteratorAge)),
    graph('Failed invocations', ...failures.map(series)),
    graph('Duration (ms)', series(duration)),
    graph('Records sent to failed-batches buckets, by event source mapping of the Region', [
      { expression: everySeriesOf(MAPPING_METRICS.failedRecords) },
    ]),
    ...(logGroup ? [changesByTable(region, logGroup)] : []),
  ];
}

function changesByTable(region: string, { name }: CloudwatchLogGroup): object {
  return {
    type: 'log',
    properties: {
      title: 'Changes by account and table',
      region,
      view: 'table',
      query: `SOURCE '${name}' | filter ispresent(${METRICS.processed}) | stats sum(${METRICS.processed}) as changes, sum(${METRICS.failed}) as failed by account, table | sort changes desc`,
    },
  };
}

function inTwoColumns(widget: object, index: number): object {
  const [width, height] = [12, 6];
  return { ...widget, x: (index % 2) * width, y: Math.floor(index / 2) * height, width, height };
}

function everySeriesOf({ namespace, metricName, dimension, statistic }: Metric): string {
  return `SEARCH('{${namespace},${dimension}} MetricName="${metricName}"', '${statistic}', ${PERIOD})`;
}
