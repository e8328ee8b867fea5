import type { Processor } from '../processor';

/** Writes every change to the function's log, as one line of level INFO. */
export function logSink(): Processor {
  return (change, { log }) => {
    log.info(`${change.eventName} ${change.table}`, { change });
  };
}
