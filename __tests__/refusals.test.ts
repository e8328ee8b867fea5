import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { loadTopology } from '../load/load';
import { formatValue, TopologyError } from '../topology/problem';
import { type Overrides, problemsOf, topology } from './helpers/topology';

/**
 * The files of `refusals/` say what is refused, with the lines that the user reads, and what is not.
 * Each has subjects by their title. In values and lines `<x*240>` stands for 240 times the letter x,
 * and `<project>` for the project's folder; a value `<left out>` removes what the base has.
 */
interface Subject {
  /** What every topology of the subject has. */
  readonly with?: Overrides;
  /** Where the values of `is` are, and what each line begins with. */
  readonly at?: string;
  /** Changes to the topology of `helpers/topology.ts` by title, or values at `at`. */
  readonly accepts?: Readonly<Record<string, Overrides>> | readonly unknown[];
  readonly refuses?: Readonly<Record<string, Refusal>>;
  /** Values by path; those that are refused by the rule that the line has. */
  readonly values?: Readonly<Record<string, Values>>;
  /** Whole numbers by path. */
  readonly numbers?: Readonly<Record<string, Numbers>>;
  /** Keys of mappings by path. */
  readonly mappings?: Readonly<Record<string, Mapping>>;
  /** What is said of a path where nothing is. */
  readonly missing?: Readonly<Record<string, string>>;
  /** Changes to the text of `base.yaml`, with the lines of the file; without `lines` they are accepted. */
  readonly written?: Readonly<Record<string, Written>>;
}

interface Refusal {
  readonly change?: Overrides;
  readonly is?: unknown;
  readonly lines: string | readonly string[];
}

interface Values {
  readonly with?: Overrides;
  readonly accepts?: readonly unknown[];
  readonly refuses?: Readonly<Record<string, readonly unknown[]>>;
}

interface Numbers {
  readonly from: number;
  readonly to: number;
  readonly unit?: string;
  readonly with?: Overrides;
}

interface Mapping {
  readonly keys: string;
  /** The rule, where something else than a mapping is accepted too. */
  readonly must?: string;
}

interface Written {
  /** Pieces of the text by what they are to be replaced with. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly append?: string;
  readonly whole?: string;
  readonly lines?: string | readonly string[];
}

const FOLDER = path.join(__dirname, 'refusals');
const BASE = readFileSync(path.join(FOLDER, 'base.yaml'), 'utf8');

const scratch = mkdtempSync(path.join(tmpdir(), 'refusals-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function filled<T>(value: T): T {
  const fill = (text: string) =>
    text
      .replaceAll(/<([^<>]+)\*(\d+)>/g, (_, letter, count) => letter.repeat(count))
      .replaceAll('<project>', process.cwd());
  const each = (node: unknown): unknown => {
    if (node === '<left out>') return undefined;
    if (typeof node === 'string') return fill(node);
    if (Array.isArray(node)) return node.map(each);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [fill(key), each(one)]));
  };
  return each(value) as T;
}

const problems = (...changes: readonly (Overrides | undefined)[]) =>
  problemsOf(topology(filled(Object.assign({}, ...changes))));

const listed = (lines: string | readonly string[] = []) => filled([lines].flat());

/** A path as the lines have it. */
const shown = (place: string) => place.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

function testValue(place: string, others: Overrides | undefined, value: unknown, rule?: string) {
  const got = filled(value);
  const lines = rule === undefined ? [] : [`${shown(place)} ${rule}, got ${formatValue(got)}`];
  test(`${place} ${rule === undefined ? 'accepts' : 'refuses'} ${formatValue(value)}`, () => {
    expect(problems(others, { [place]: value })).toEqual(lines);
  });
}

function testNumbers(place: string, { from, to, unit = '', with: others }: Numbers) {
  const range = `between ${from} and ${to}${unit}`;
  for (const value of [from, to]) testValue(place, others, value);
  for (const value of [from - 1, to + 1]) testValue(place, others, value, `must be ${range}`);
  for (const value of [from + 0.5, `${to}`, true, null, [from], {}]) {
    testValue(place, others, value, `must be an integer ${range}`);
  }
}

function testMapping(place: string, others: Overrides | undefined, { keys, must }: Mapping) {
  const rule = must ?? `must be a mapping with the keys ${keys}`;
  for (const value of [null, ['a', 'b'], 'text', 5]) testValue(place, others, value, rule);
  const unknown = `is not a key of the topology here; the keys are ${keys}`;
  for (const key of ['colour', 'constructor', 'toString', '5']) {
    test(`${place} refuses the unknown key ${key}`, () => {
      expect(problems(others, { [`${place}.${key}`]: 'red' })).toEqual([
        `${place}.${key} ${unknown}, got "red"`,
      ]);
    });
  }
}

/** What the command prints about a file `x.yaml` of this text. */
function printed({ replace = {}, append = '', whole }: Written): string[] {
  let text = whole ?? `${BASE}${append}`;
  for (const [piece, replacement] of Object.entries(replace)) {
    expect(text).toContain(piece);
    text = text.replace(piece, replacement);
  }
  const file = path.join(scratch, 'x.yaml');
  writeFileSync(file, filled(text));
  try {
    loadTopology(file);
    return [];
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    return error.message.replaceAll(`${scratch}/`, '').split('\n');
  }
}

function testSubject(subject: Subject) {
  const { with: others, at = '', accepts = [], refuses = {}, values = {} } = subject;
  const accepted: [string, Overrides][] = Array.isArray(accepts)
    ? accepts.map((value) => [formatValue(value), { [at]: value }])
    : Object.entries(accepts as Readonly<Record<string, Overrides>>);
  for (const [title, change] of accepted) {
    test(`accepts ${title}`, () => expect(problems(others, change)).toEqual([]));
  }
  for (const [title, { change, is, lines }] of Object.entries(refuses)) {
    test(`refuses ${title}`, () => {
      const found = problems(others, change ?? { [at]: is });
      expect(found).toEqual(listed(lines).map((line) => `${shown(at)}${line}`));
    });
  }
  for (const [place, { with: own = others, accepts = [], refuses = {} }] of Object.entries(
    values,
  )) {
    for (const value of accepts) testValue(place, own, value);
    for (const [rule, refused] of Object.entries(refuses)) {
      for (const value of refused) testValue(place, own, value, rule);
    }
  }
  for (const [place, range] of Object.entries(subject.numbers ?? {}))
    testNumbers(place, { with: others, ...range });
  for (const [place, mapping] of Object.entries(subject.mappings ?? {})) {
    testMapping(place, others, mapping);
  }
  for (const [place, rule] of Object.entries(subject.missing ?? {})) {
    test(`${place} is missing`, () => {
      expect(problems(others, { [place]: '<left out>' })).toEqual([
        `${place} is missing; it ${rule}`,
      ]);
    });
  }
  for (const [title, written] of Object.entries(subject.written ?? {})) {
    test(title, () => {
      expect(printed(written)).toEqual(listed(written.lines));
    });
  }
}

const files = readdirSync(FOLDER).filter((file) => file !== 'base.yaml');

describe.each(files)('%s', (file) => {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  const subjects: Record<string, Subject> = parse(text, { stringKeys: true });
  for (const [title, subject] of Object.entries(subjects)) {
    describe(title, () => testSubject(subject));
  }
});
