import type { Owner } from '../names';
import type { Report } from '../problem';

/** A consumer as far as it is known while the file is checked. */
export interface CheckedConsumer extends Pick<Owner, 'topologyName' | 'name'> {
  /** Whether it has a subscription, or may have one that is broken. */
  readonly isSubscribed: boolean;
}

export interface SinkKind<Settings, Resolved> {
  /** Absolute path of the default function. */
  readonly entry: string;
  resolve(sink: Settings, owner: Owner): Resolved;
  /** Reports what one value alone cannot show, at paths below the consumer. */
  check(sink: Settings, consumer: CheckedConsumer, report: Report): void;
}
