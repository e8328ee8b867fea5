import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { loadTopology } from '../load/load';
import { formatValue, TopologyError } from '../topology/problem';
import { type Overrides, problemsOf, topology } from './helpers/topology';

/**
 * The files of `refusals/` say what is refused, with the lines that the user reads, and what is not.
 * Each has subjects by their title. In values and lines `<x*240>` stands for 240 times the letter x,
 * `<project>` for the project's folder, and `<folder>` for one of the files that are below that key; a
 * value `<left out>` removes what the base has.
 */
interface Subject {
  /** What paths and lines begin with that begin with a dot. */
  readonly at?: string;
  /** What every topology of the subject has. */
  readonly with?: Overrides;
  /** Changes to the topology of `helpers/topology.ts` by title, or values at `at`. */
  readonly accepts?: Readonly<Record<string, Overrides>> | unknown[];
  readonly refuses?: Readonly<Record<string, Refusal>>;
  /** Changes by title that are refused with the same line, by that line. */
  readonly refusesAlike?: Readonly<Record<string, Readonly<Record<string, Overrides>>>>;
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

mkdirSync('dist', { recursive: true });
const scratch = mkdtempSync(path.join('dist', 'refusals-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder of these files, whose text is Latin-1, so that there can be any byte. */
function folderOf(files: object): string {
  const folder = mkdtempSync(path.join(scratch, 'folder-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text, 'latin1');
  }
  return folder;
}

function filled<T>(value: T, folder = ''): T {
  const fill = (text: string) =>
    text
      .replaceAll(/<([^<>]+)\*(\d+)>/g, (_, letter, count) => letter.repeat(count))
      .replaceAll('<project>', process.cwd())
      .replaceAll('<folder>', folder);
  const each = (node: unknown): unknown => {
    if (node === '<left out>') return undefined;
    if (typeof node === 'string') return fill(node);
    if (Array.isArray(node)) return node.map(each);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [fill(key), each(one)]));
  };
  return each(value) as T;
}

const listed = (lines: string | readonly string[] = []) => [lines].flat();

function testSubject(subject: Subject) {
  const { at = '', with: common = {} } = subject;
  const whole = (place: string) => (/^[. ]/.test(place) ? `${at}${place}` : place);
  /** A path as the lines have it. */
  const shown = (place: string) => whole(place).replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');

  function testChange(title: string, change: Overrides, lines: readonly string[]) {
    test(title, () => {
      const { '<folder>': files, ...others }: Overrides = { ...common, ...change };
      const folder = files ? folderOf(files) : '';
      const changes = Object.entries(others).map(([place, value]) => [whole(place), value]);
      expect(problemsOf(topology(filled(Object.fromEntries(changes), folder)))).toEqual(
        filled(lines, folder).map((line) => line.replace(/^[. ]/, `${shown(at)}$&`)),
      );
    });
  }

  function testValue(place: string, others: Overrides | undefined, value: unknown, rule?: string) {
    const got = formatValue(filled(value));
    const lines = rule === undefined ? [] : [`${shown(place)} ${rule}, got ${got}`];
    const title = `${place} ${rule === undefined ? 'accepts' : 'refuses'} ${formatValue(value)}`;
    testChange(title, { ...others, [place]: value }, lines);
  }

  const { accepts = {}, refuses = {}, values = {}, numbers = {}, mappings = {} } = subject;
  if (Array.isArray(accepts)) {
    for (const value of accepts) testValue(at, {}, value);
  } else {
    for (const [title, change] of Object.entries(accepts)) {
      testChange(`accepts ${title}`, change, []);
    }
  }
  for (const [title, { change, is, lines }] of Object.entries(refuses)) {
    testChange(`refuses ${title}`, change ?? { [at]: is }, listed(lines));
  }
  for (const [line, changes] of Object.entries(subject.refusesAlike ?? {})) {
    for (const [title, change] of Object.entries(changes)) {
      testChange(`refuses ${title}`, change, [line]);
    }
  }
  for (const [place, { with: others, accepts = [], refuses = {} }] of Object.entries(values)) {
    for (const value of accepts) testValue(place, others, value);
    for (const [rule, refused] of Object.entries(refuses)) {
      for (const value of refused) testValue(place, others, value, rule);
    }
  }
  for (const [place, { from, to, unit = '', with: others }] of Object.entries(numbers)) {
    const range = `between ${from} and ${to}${unit}`;
    for (const value of [from, to]) testValue(place, others, value);
    for (const value of [from - 1, to + 1]) testValue(place, others, value, `must be ${range}`);
    for (const value of [from + 0.5, `${to}`, true, null, [from], {}]) {
      testValue(place, others, value, `must be an integer ${range}`);
    }
  }
  for (const [place, { keys, must }] of Object.entries(mappings)) {
    const rule = must ?? `must be a mapping with the keys ${keys}`;
    for (const value of [null, ['a', 'b'], 'text', 5]) testValue(place, {}, value, rule);
    for (const key of ['colour', 'constructor', 'toString', '5']) {
      const line = `${place}.${key} is not a key of the topology here; the keys are ${keys}, got "red"`;
      testChange(`${place} refuses the key ${key}`, { [`${place}.${key}`]: 'red' }, [line]);
    }
  }
  for (const [place, rule] of Object.entries(subject.missing ?? {})) {
    const line = `${place} is missing; it ${rule}`;
    testChange(`${place} is missing`, { [place]: '<left out>' }, [line]);
  }
  for (const [title, written] of Object.entries(subject.written ?? {})) {
    test(title, () => expect(printed(written)).toEqual(filled(listed(written.lines))));
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

const files = readdirSync(FOLDER).filter((file) => file !== 'base.yaml');

describe.each(files)('%s', (file) => {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  const subjects: Record<string, Subject> = parse(text, { stringKeys: true });
  for (const [title, subject] of Object.entries(subjects)) {
    describe(title, () => testSubject(subject));
  }
});
