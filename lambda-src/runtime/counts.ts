import { METRICS } from '../contract';

/** What a line of metrics has besides counts. */
const TAKEN: readonly string[] = [
  '_aws',
  'FunctionName',
  'account',
  'table',
  METRICS.processed,
  METRICS.failed,
];

/** Names of a line, of which CloudWatch takes 100; two are its own. */
const MOST = 98;

/** The metrics that processors count in an invocation, by name. */
export class Counts {
  readonly totals = new Map<string, number>();

  /**
   * @throws TypeError if the name is not one of a metric, or is taken, or the number is not finite; RangeError if it is
   *   one name too many
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  add(name: string, by = 1): void {
    if (typeof name !== 'string' || !/^(?=.*\S)[ -~]{1,255}$/.test(name)) {
      throw new TypeError(`a metric must have a name of 1 to 255 ASCII characters, got ${name}`);
    }
    if (TAKEN.includes(name)) throw new TypeError(`the line of metrics has a ${name} of its own`);
    if (!Number.isFinite(by)) throw new TypeError(`${name} must be counted by a number, got ${by}`);
    const total = this.totals.get(name);
    if (total === undefined && this.totals.size === MOST) {
      throw new RangeError(`an invocation counts at most ${MOST} metrics: ${name} is one too many`);
    }
    this.totals.set(name, (total ?? 0) + by);
  }
}
