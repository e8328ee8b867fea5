import type { ChangeEvent } from '../change-event';
import type { Log } from '../logger';
import type { Sink } from './sink';

/** Writes every change to the function's log, as one line. */
export class LogSink implements Sink {
  constructor(private readonly log: Log) {}

  async write(change: ChangeEvent): Promise<void> {
    this.log('INFO', `${change.eventName} ${change.table}`, { change });
  }
}
