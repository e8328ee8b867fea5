import type { ChangeEvent } from '../change-event';

/** Where changes go. */
export interface Sink {
  /** Takes one change. What it throws makes Lambda deliver the change again. */
  write(change: ChangeEvent): Promise<void>;
}
