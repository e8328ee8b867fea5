import { FILTERS } from '../../../topology/limits';
import type { Problem } from '../../../topology/problem';
import { filterPattern } from '../../../topology/unicode';
import { at, type CheckOf, type Subscription } from '../declared';
import { contradictions } from './agreement';
import { patternProblems } from './pattern';
import { type Node, streamRecord } from './record';

/** Filters that Lambda would refuse, and filters that can never match a record of their table. */
export const filters: CheckOf<Subscription> = (subscription, report, { accounts, producers }) => {
  const producer = at(producers, subscription.producer);
  const record = streamRecord(producer, accounts);
  const { partitionKey, sortKey } = producer?.table ?? {};
  const keys = [partitionKey, sortKey].flatMap((key) => key?.name ?? []);
  for (const [index, filter] of subscription.filters.entries()) {
    for (const { path, message, received } of problemsOf(filter, record, keys, [
      'filters',
      index,
    ])) {
      report(path, message, received);
    }
  }
};

function problemsOf(
  filter: object,
  record: Node,
  keys: readonly string[],
  path: Problem['path'],
): Problem[] {
  const { length } = filterPattern(filter);
  if (length > FILTERS.patternLength) {
    const message = `must be at most ${FILTERS.patternLength} characters as JSON, got ${length}`;
    return [{ path, message }];
  }
  const problems = patternProblems(filter, record, path);
  return problems.length > 0 ? problems : contradictions(filter, keys, path);
}
