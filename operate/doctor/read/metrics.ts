import { type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import type { Metric } from '../../../constructs/monitoring/metrics';
import { isFound, type Reader } from './reader';

/** A metric of one function or mapping. */
export interface Series {
  readonly metric: Metric;
  /** Name of the function, or UUID of the mapping. */
  readonly owner: string;
  /** Seconds that one value is of. */
  readonly period: number;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const QUERIES = 500;

const MINUTE = 60_000;

/** How long a record is in the stream: what is older is of no use. */
const MINUTES = 24 * 60;

/** What was measured within a day. What was not sent, or not read, is 0. */
export class Metrics {
  constructor(
    private readonly now: Date,
    private readonly values: ReadonlyMap<string, readonly Value[]>,
  ) {}

  /** Values of the last minutes, the last one first. */
  of(metric: Metric, owner: string, minutes = MINUTES): readonly Value[] {
    const since = this.now.getTime() - minutes * MINUTE;
    const values = this.values.get(keyOf({ metric, owner })) ?? [];
    return values.filter(({ at }) => at.getTime() >= since);
  }

  sum(metric: Metric, owner: string, minutes?: number): number {
    return this.of(metric, owner, minutes).reduce((sum, { value }) => sum + value, 0);
  }
}

export interface Value {
  /** When its period begins. */
  readonly at: Date;
  readonly value: number;
}

/** Reads all series of a stack and its subscriptions, in as few calls as there can be. */
export async function readMetrics(
  reader: Reader,
  stack: string,
  series: readonly Series[],
  now: Date,
): Promise<Metrics> {
  const values = new Map<string, Value[]>();
  for (let next = 0; next < series.length; next += QUERIES) {
    const some = series.slice(next, next + QUERIES);
    const input = {
      MetricDataQueries: some.map(queryOf),
      StartTime: new Date(now.getTime() - MINUTES * MINUTE),
      EndTime: new Date(now.getTime() + MINUTE),
      ScanBy: 'TimestampDescending' as const,
    };
    const results = await reader.list(
      { action: 'cloudwatch:GetMetricData', stack, part: 'metrics' },
      ({ cloudwatch: client }, options) => paginateGetMetricData({ client }, input, options),
      ({ MetricDataResults }) => MetricDataResults,
    );
    if (!isFound(results)) break;
    for (const { Id = '', Timestamps = [], Values = [] } of results) {
      const one = some[Number(Id.slice(1))];
      if (!one) continue;
      const key = keyOf(one);
      const more = Timestamps.map((at, index) => ({ at, value: Values[index] ?? 0 }));
      values.set(key, [...(values.get(key) ?? []), ...more]);
    }
  }
  return new Metrics(now, values);
}

function queryOf({ metric, owner, period }: Series, index: number): MetricDataQuery {
  const { namespace: Namespace, metricName: MetricName, dimension, statistic } = metric;
  const Dimensions = [{ Name: dimension, Value: owner }];
  const Metric = { Namespace, MetricName, Dimensions };
  return { Id: `m${index}`, MetricStat: { Metric, Period: period, Stat: statistic } };
}

export function keyOf({ metric, owner }: Pick<Series, 'metric' | 'owner'>): string {
  return [metric.namespace, metric.metricName, metric.statistic, owner].join(' ');
}
