import type { Logger } from './logger';

/** What a processor gets along with changes. */
export interface ProcessorContext {
  readonly log: Logger;
  /** ID of the invocation; another for each delivery of a batch. */
  readonly requestId: string;
  readonly functionName: string;
  /** Milliseconds until Lambda ends the function. */
  getRemainingTimeInMillis(): number;
  /**
   * Aborts after `timeoutInSeconds`, and a second before Lambda ends the function. Give it to whatever is awaited:
   * `fetch(url, { signal })`, or `client.send(command, { abortSignal: signal })` of the AWS SDK.
   */
  readonly signal: AbortSignal;
}

/** What all changes of an invocation have in common. */
export type Invocation = Omit<ProcessorContext, 'signal'>;
