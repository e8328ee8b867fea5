import { loadTopology } from '../../../load/load';
import { readAccessModel } from '../../../review/access/model';
import { readPipeline } from '../../../review/pipeline';
import { Stacks } from '../../../review/read/resources';
import { applyRules } from '../../../review/rules';
import { covers } from '../../../review/rules/allow-list';
import { ALLOWED } from '../../../review/rules/allowed';
import { leavesOf } from '../../../review/rules/leaves';
import { EVERYTHING } from '../../helpers/everything';
import { synthesizedStacks } from '../../helpers/review';
import { SHIPPED } from '../../helpers/shipped-topologies';
import { resolved } from '../../helpers/synth-app';

const everything = resolved(EVERYTHING);
const topologies = [...SHIPPED.map((file) => loadTopology(`topologies/${file}`)), everything];

test('the topologies shipped, and one with everything, have no finding that stops', () => {
  for (const topology of topologies) {
    const stacks = new Stacks(synthesizedStacks(topology));
    const model = readAccessModel(stacks);
    const pipeline = readPipeline(stacks);
    const today = new Date('2026-08-01');
    const findings = applyRules({ stacks, topology, model, pipeline, today });
    expect(findings.filter(({ stops }) => stops)).toEqual([]);
  }
});

test('nothing is allowed that these do not use', () => {
  const leaves = topologies
    .flatMap((topology) => synthesizedStacks(topology))
    .flatMap(({ json }) => leavesOf(json));
  const used = new Map<string, Set<string>>();
  for (const { kind, attribute } of leaves) {
    used.set(kind, (used.get(kind) ?? new Set()).add(attribute));
  }
  const unused = Object.entries(ALLOWED).flatMap(([kind, { attributes }]) =>
    attributes
      .filter((known) => ![...(used.get(kind) ?? [])].some((attribute) => covers(known, attribute)))
      .map((known) => `${kind} ${known}`),
  );
  expect(unused).toEqual([]);
});
