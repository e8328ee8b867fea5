import { loadTopology } from '../../../load/load';
import { leavesOf } from '../../../review/read/leaves';
import { entryOf } from '../../../review/rules/allow-list';
import allowed from '../../../review/rules/allowed.json';
import { EVERYTHING } from '../../helpers/everything';
import { ruledOut, synthesizedStacks } from '../../helpers/review';
import { SHIPPED } from '../../helpers/shipped-topologies';
import { resolved } from '../../helpers/synth-app';

const everything = resolved(EVERYTHING);
const topologies = [...SHIPPED.map((file) => loadTopology(`topologies/${file}`)), everything];

test('the topologies shipped, and one with everything, have no finding that stops', () => {
  expect(topologies.flatMap((topology) => ruledOut(topology))).toEqual([]);
});

test('nothing is allowed that these do not use', () => {
  const leaves = topologies
    .flatMap((topology) => synthesizedStacks(topology))
    .flatMap(({ json }) => leavesOf(json));
  const used = new Set(leaves.map(({ kind, path }) => `${kind} ${entryOf(kind, path)}`));
  const unused = Object.entries(allowed)
    .flatMap(([kind, attributes]) => Object.keys(attributes).map((known) => `${kind} ${known}`))
    .filter((entry) => !used.has(entry));
  expect(unused).toEqual([]);
});
