import { RUNTIMES } from '../../topology/limits';
import { runtimeDates, runtimeRule, USABLE_RUNTIMES } from '../../topology/runtimes';
import { topologySchema } from '../../topology/schema';
import { topology } from '../helpers/topology';

const DATES = Object.entries(RUNTIMES.dates);

test.each(DATES)('%s is deprecated before Lambda refuses it', (_, days) => {
  const { deprecated, noCreation, noUpdate } = days;
  const all = [deprecated, noCreation, noUpdate];
  expect(all.map((day) => new Date(day).toISOString().slice(0, 10))).toEqual(all);
  expect([...all].sort()).toEqual(all);
});

test('usable are those that Lambda updated when the list was made', () => {
  expect(USABLE_RUNTIMES).toEqual([
    ...['nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x', 'nodejs16.x'],
    ...['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9'],
    ...['python3.8', 'java25', 'java21', 'java17', 'java11', 'java8.al2'],
    ...['dotnet10', 'dotnet8', 'dotnet6', 'ruby3.4', 'ruby3.3', 'ruby3.2'],
    ...['provided.al2023', 'provided.al2'],
  ]);
});

test('the default is the newest of Node.js', () => {
  const { consumers } = topologySchema.parse(topology());
  expect(consumers['process-orders']?.function?.runtime).toBe('nodejs24.x');
  expect(USABLE_RUNTIMES[0]).toBe('nodejs24.x');
});

test('a runtime that is not on the list has no dates', () => {
  expect(runtimeDates('constructor')).toBeUndefined();
  expect(runtimeDates('nodejs22.x')?.deprecated).toBe('2027-04-30');
});

test.each([[undefined], [22], [null]])(
  '%p is answered with the newest of each language',
  (value) => {
    expect(runtimeRule(value)).toBe(
      'must be a Lambda runtime, such as nodejs24.x, python3.14, java25, dotnet10, ruby3.4, provided.al2023',
    );
  },
);
