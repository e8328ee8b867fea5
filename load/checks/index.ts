/**
 * What one value alone cannot show: references, accounts and ARNs that must agree, names that must
 * differ, and AWS's limits on what several entries make together.
 */
import type { Report } from '../../topology/problem';
import { deployRole, OF_CONSUMER } from './consumers';
import { type CheckOf, type Declared, sound, soundList } from './declared';
import { distinctNames } from './names';
import { OF_PRODUCER } from './producers';
import { OF_SUBSCRIPTION, readersPerStream } from './subscriptions';
import { accountTags, ownTags, topologyTags } from './tags';

export type { Declared } from './declared';
export { sizes } from './sizes';

export function checkAll(topology: Declared, report: Report): void {
  const each = <T>(
    section: string,
    entries: Iterable<[string | number, T]>,
    checks: readonly CheckOf<T>[],
  ) => {
    for (const [key, entry] of entries) {
      const below: Report = (path, ...problem) => report([section, key, ...path], ...problem);
      for (const check of checks) check(entry, below, topology, String(key));
    }
  };
  each('accounts', sound(topology.accounts), [deployRole, accountTags]);
  each('consumers', sound(topology.consumers), [...OF_CONSUMER, ownTags]);
  each('producers', sound(topology.producers), [...OF_PRODUCER, ownTags]);
  each('subscriptions', soundList(topology.subscriptions), OF_SUBSCRIPTION);
  for (const check of [topologyTags, readersPerStream, distinctNames]) check(topology, report);
}
