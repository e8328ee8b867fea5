import { codesIn, tableBelow } from '../helpers/markdown';
import { SHIPPED } from '../helpers/shipped-topologies';

test('the README lists the topologies of the project, which are those that are tested', () => {
  const rows = tableBelow('Write your topology', 'README.md');
  expect(rows.flatMap(([files]) => codesIn(files)).sort()).toEqual([...SHIPPED].sort());
});
