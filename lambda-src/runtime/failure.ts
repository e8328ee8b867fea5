import type { Logger } from './logger';
import type { StreamRecord } from './stream-event';

export interface Failure {
  readonly record: StreamRecord;
  /** How many changes failed: all that the processor got at once. */
  readonly changes: number;
  readonly error: unknown;
  /** Whether the function fails, rather than reports the record. */
  readonly thrown: boolean;
}

/** What Lambda does then, for the log. */
export const AGAIN = 'Lambda will deliver it and what follows again';

/** Where a record is in its stream, for the log. */
export function placeOf({ dynamodb, eventID }: StreamRecord) {
  return { sequenceNumber: dynamodb?.SequenceNumber, eventId: eventID };
}

export function logFailure(log: Logger, { record, error }: Failure): void {
  log.error(`Change failed; ${AGAIN}`, { ...placeOf(record), error });
}
