import { cases, event } from '../../e2e/emulator/event_filters.json';
import { matchesFilter } from '../../local/filters';

// The emulator's own test has the same cases.
test.each(cases)('$name: $matches', ({ pattern, matches }) => {
  expect(matchesFilter(pattern, event)).toBe(matches);
});
