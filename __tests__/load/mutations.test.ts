import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Testing } from 'cdktf';
import fc from 'fast-check';
import { parse } from 'yaml';
import { validate } from '../../load/validate';
import { TopologyError } from '../../topology/problem';
import type { ResolvedTopology } from '../../topology/resolve';
import { topologySchema } from '../../topology/schema';
import { EVERYTHING } from '../helpers/everything';
import { SHIPPED } from '../helpers/shipped-topologies';
import { stacksOf } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

jest.setTimeout(120_000);

/** Fixed, so that a failure comes again; fast-check prints it with the mutant. */
const SEED = 20_260_101;
const RUNS = 1_200;
/** Of the accepted mutants one of so many is synthesized, which takes the most time. */
const SYNTHESIZED = 10;

const TOPOLOGIES = path.join(__dirname, '../../topologies');
const KEYS = Object.keys(topologySchema.shape);

const { tenants: _, ...producers } = EVERYTHING.producers;

const BASES: unknown[] = [
  topology(),
  {
    ...EVERYTHING,
    producers,
    subscriptions: EVERYTHING.subscriptions?.filter(({ producer }) => producer !== 'tenants'),
    accounts: Object.fromEntries(Object.entries(EVERYTHING.accounts).slice(0, 2)),
  },
  ...SHIPPED.map((file) => parse(readFileSync(path.join(TOPOLOGIES, file), 'utf8'))),
];

const ODD_VALUES = [
  ...[null, true, false, Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, -0, 1e21, 1e308, 10_001],
  ...['', ' ', '${a}', '%{b}', '"\\\n', '\u0000', '\ud800', 'é😀', 'constructor', '__proto__'],
  ...['x'.repeat(256), 'x'.repeat(30_000), '111122223333', 'us-west-2', 'LATEST', 'account'],
  ...[[], {}, [null], [[]], { a: { b: [] } }],
];

const ODD_KEYS = [
  ...['', '__proto__', 'constructor', 'toString', 'a.b', 'é', '0', 'x-1', 'sink', 'table'],
];

const KINDS = [
  ...(['delete', 'replace', 'duplicate', 'swap', 'rename', 'refer', 'add', 'number'] as const),
];

/** `place` and `other` choose the places in the content. */
const mutation = fc.record({
  kind: fc.constantFrom(...KINDS),
  place: fc.nat(),
  other: fc.nat(),
  key: fc.oneof(fc.constantFrom(...ODD_KEYS), fc.string({ unit: 'binary', maxLength: 20 })),
  value: fc.oneof(
    fc.constantFrom<unknown>(...ODD_VALUES),
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.double(),
  ),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

const base = fc.nat(BASES.length - 1);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });

type Place = readonly [parent: object, key: string];

function places(content: unknown): Place[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.keys(content).flatMap((key): Place[] => [
    [content, key],
    ...places(Object.getOwnPropertyDescriptor(content, key)?.value),
  ]);
}

const read = ([parent, key]: Place): unknown => Object.getOwnPropertyDescriptor(parent, key)?.value;

/** Sets own keys only, also those of the name `__proto__`. */
function write([parent, key]: Place, value: unknown): void {
  Object.defineProperty(parent, key, {
    value: structuredClone(value),
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function remove([parent, key]: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

const NUMBERS = [-2, -1, 0, 1, 59, 101, 301, 901, 10_001, 604_801, 1_000_001, 2 ** 53, 1.5];

function mutate(content: unknown, { kind, place, other, key, value }: Mutation): unknown {
  const pick = (all: Place[], index: number) => all[index % all.length];
  const everywhere = places(content);
  const inLists = everywhere.filter(([parent]) => Array.isArray(parent));
  const strings = everywhere.filter((one) => typeof read(one) === 'string');
  const target = pick(kind === 'duplicate' || kind === 'swap' ? inLists : everywhere, place);
  if (!target) return content;
  const [parent] = target;
  const add = (added: unknown) =>
    write([parent, Array.isArray(parent) ? String(parent.length) : key], added);
  const actions: Record<Mutation['kind'], () => void> = {
    delete: () => remove(target),
    replace: () => write(target, value),
    number: () => write(target, NUMBERS[other % NUMBERS.length]),
    duplicate: () => add(read(target)),
    swap: () => {
      const second = pick(inLists, other) ?? target;
      const [one, two] = [structuredClone(read(target)), structuredClone(read(second))];
      write(target, two);
      write(second, one);
    },
    rename: () => {
      const moved = read(target);
      remove(target);
      add(moved);
    },
    refer: () => {
      const [to, from] = [pick(strings, place), pick(strings, other)];
      if (to && from) write(to, read(from));
    },
    add: () => add(value),
  };
  actions[kind]();
  return content;
}

/** Bundling a function takes longer than all the rest, and has tests of its own. */
function withoutBundle(resolved: ResolvedTopology): ResolvedTopology {
  const code = {
    type: 'folder',
    directory: 'lambda-src/python',
    handler: 'index.handler',
  } as const;
  return {
    ...resolved,
    consumers: resolved.consumers.map((one) => ({ ...one, function: { ...one.function, code } })),
  };
}

function expectProblems(content: unknown, problems: ReturnType<typeof validate>['problems']) {
  const keys = new Set<unknown>([...KEYS, ...Object.keys(Object(content))]);
  const lines = problems.map((problem) => new TopologyError('x.yaml', [problem]).message);
  expect(problems.length).toBeGreaterThan(0);
  // What is said of the whole file has no path.
  const isNamed = ({ path: [key] }: (typeof problems)[number]) => !key || keys.has(key);
  expect(problems.filter((one) => !isNamed(one) || !/\S/.test(one.message))).toEqual([]);
  expect(lines.filter((line) => !/^x\.yaml \S/.test(line))).toEqual([]);
  expect(new TopologyError('x.yaml', problems).message).toBe(lines.join('\n'));
}

function expectStacks(resolved: ResolvedTopology) {
  const stacks = stacksOf(withoutBundle(resolved));
  const { consumers, producers, subscriptions, state } = resolved;
  const entries = [...consumers, ...producers, ...subscriptions].map(({ stackId }) => stackId);
  expect([...stacks.keys()]).toEqual([...(state.manage ? ['state-bucket'] : []), ...entries]);
  for (const stack of stacks.values()) {
    expect(JSON.parse(Testing.synth(stack, true))).toHaveProperty('terraform.backend');
  }
}

test.each(BASES.map((base, index) => [index, base]))('base %i is valid', (_, base) => {
  expect(validate(base, 'topologies').problems).toEqual([]);
});

test('a mutated topology is refused with its problems, or makes its stacks', () => {
  const outcomes = { refused: 0, accepted: 0 };
  fc.assert(
    fc.property(base, mutations, (index, all) => {
      const content = all.reduce(mutate, structuredClone(BASES[index]));
      const before = structuredClone(content);
      const { topology: resolved, problems } = validate(content, 'topologies');
      expect(isDeepStrictEqual(content, before)).toBe(true);
      if (resolved) {
        expect(problems).toEqual([]);
        if (outcomes.accepted % SYNTHESIZED === 0) expectStacks(resolved);
        outcomes.accepted += 1;
      } else {
        expectProblems(content, problems);
        outcomes.refused += 1;
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
  expect(outcomes.refused).toBeGreaterThan(RUNS / 4);
  expect(outcomes.accepted).toBeGreaterThan(RUNS / 20);
});
