import type { Logger } from './logger';

/** What a processor gets along with changes. */
export interface ProcessorContext {
  readonly log: Logger;
  /** ID of the invocation; another for each delivery of a batch. */
  readonly requestId: string;
  readonly functionName: string;
  /**
   * Adds to a metric of the function, which is written when the invocation answers, with its own.
   *
   * @param name of 1 to 255 ASCII characters; at most 98 in an invocation
   * @param by what to add. Default: 1
   */
  count(name: string, by?: number): void;
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
