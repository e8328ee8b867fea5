import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { codesIn, tableBelow } from '../helpers/markdown';
import { SHIPPED } from '../helpers/shipped-topologies';
import { synthApp } from '../helpers/synth-app';

test('the README lists the topologies of the project, which are those that are tested', () => {
  const rows = tableBelow('Write your topology', 'README.md');
  expect(rows.flatMap(([files]) => codesIn(files)).sort()).toEqual([...SHIPPED].sort());
});

test('the smallest topology of the README makes the stacks of its table', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const { ids } = synthApp(parse(yaml));
  const rows = tableBelow('The smallest topology', 'README.md');
  expect(rows.map(([id]) => codesIn(id)[0])).toEqual(ids);
  expect(rows.map(([, account]) => account)).toEqual(['analytics', 'shop', 'analytics']);
});
