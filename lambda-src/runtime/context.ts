import type { Logger } from './logger';

/** What a processor gets along with changes. */
export interface ProcessorContext {
  readonly log: Logger;
  /** ID of the invocation; another for each delivery of a batch. */
  readonly requestId: string;
  readonly functionName: string;
  /** Milliseconds until Lambda ends the function. */
  getRemainingTimeInMillis(): number;
}
