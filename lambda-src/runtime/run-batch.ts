import type { Invocation } from './context';
import type { Failure } from './failure';
import type { StreamRecord } from './stream-event';

export type RunBatch = (
  records: readonly StreamRecord[],
  invocation: Invocation,
) => Promise<Outcome>;

export interface Outcome {
  /** How many changes were processed. */
  readonly processed: number;
  readonly failure?: Failure;
  /** The first record that was not processed, where the time was too short for it. */
  readonly outOfTime?: StreamRecord;
  /** Whether a processor still runs, although its signal was aborted. */
  readonly leftRunning?: boolean;
}
