import { FILTERS } from '../../../topology/limits';
import type { Problem } from '../../../topology/problem';
import { filterPattern } from '../../../topology/unicode';
import { at, type Declared, type Report, soundList } from '../declared';
import { contradictions } from './agreement';
import { patternProblems } from './pattern';
import { type Node, streamRecord } from './record';

/** Filters that Lambda would refuse, and filters that can never match a record of their table. */
export function filters({ accounts, producers, subscriptions }: Declared, report: Report): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const producer = at(producers, subscription.producer);
    const record = streamRecord(producer, accounts);
    const { partitionKey, sortKey } = producer?.table ?? {};
    const keys = [partitionKey, sortKey].flatMap((key) => key?.name ?? []);
    for (const [position, filter] of subscription.filters.entries()) {
      const place = ['subscriptions', index, 'filters', position];
      for (const { path, message, received } of problemsOf(filter, record, keys, place)) {
        report(path, message, received);
      }
    }
  }
}

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
