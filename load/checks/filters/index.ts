import { FILTERS } from '../../../topology/limits';
import { filterPattern } from '../../../topology/unicode';
import { at, type CheckOf, type Subscription } from '../declared';
import { contradictions } from './agreement';
import { patternProblems } from './pattern';
import { streamRecord } from './record';

/** Filters that Lambda would refuse, and filters that can never match a record of their table. */
export const filters: CheckOf<Subscription> = (subscription, report, { accounts, producers }) => {
  const producer = at(producers, subscription.producer);
  const record = streamRecord(producer, accounts);
  const { partitionKey, sortKey } = producer?.table ?? {};
  const keys = [partitionKey, sortKey].flatMap((key) => key?.name ?? []);
  for (const [index, filter] of subscription.filters.entries()) {
    const place = ['filters', index];
    const { length } = filterPattern(filter);
    if (length > FILTERS.patternLength) {
      report(place, `must be at most ${FILTERS.patternLength} characters as JSON, got ${length}`);
      continue;
    }
    const wrong = patternProblems(filter, record, place);
    const problems = wrong.length > 0 ? wrong : contradictions(filter, keys, place);
    for (const { path, message, received } of problems) report(path, message, received);
  }
};
