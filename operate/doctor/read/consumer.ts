import type { ResolvedConsumer } from '../../../topology/resolve';
import type { Reader } from './reader';
import { readRole } from './role';

export type LiveConsumer = Awaited<ReturnType<typeof readConsumer>>;

/** What the consumer's account has of it. */
export async function readConsumer(reader: Reader, consumer: ResolvedConsumer) {
  const [role] = await Promise.all([readRole(reader, consumer)]);
  return { role };
}
