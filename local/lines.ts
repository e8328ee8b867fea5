import { createColors } from 'picocolors';
import { isObject } from '../lambda-src/runtime/attribute-value';
import { parseJson } from '../operate/redrive/json';
import type { ResolvedTopology } from '../topology/resolve';
import { stacksOf } from '../topology/stacks';
import { oneLine, visible } from '../topology/unicode';
import type { Print, Step } from './step';

/** What is played, as people or programs read it. */
export interface Lines {
  readonly print: Print;
  /** Sentences between steps, which `--json` leaves out. */
  say(...sentences: readonly string[]): void;
}

export interface Screen {
  write(text: string): unknown;
  /** Columns of a terminal, for which all but problems is cut. Left out, nothing is. */
  readonly columns?: number;
  readonly colours: boolean;
}

/** An object a line. Terminals act on more characters than JSON escapes. */
export function jsonLines(write: Screen['write']): Lines {
  return { print: (step) => write(`${visible(JSON.stringify(step))}\n`), say: () => {} };
}

/** Where a terminal leaves less for what happens, account and stack have a line by themselves, above all that happens there. */
const LEAST_TEXT = 40;

/** Characters of what happens, such as `delivered`. */
const WORD = 9;

/** A line for each step: account, stack and part in columns, and what happens there. */
export function textLines(topology: ResolvedTopology, screen: Screen): Lines {
  const { columns = Number.POSITIVE_INFINITY } = screen;
  const { bold, cyan, dim, red } = createColors(screen.colours);
  const ofOutcome = { ok: String, problem: red, note: dim };
  const widths = widthsOf(topology);
  const room = columns - 1;
  /** What a line began with, or would have. */
  let before: string | undefined;

  const print = (step: Step) => {
    const cell = (column: keyof typeof widths) =>
      `${oneLine(step[column]).padEnd(widths[column])}  `;
    const place = cell('account') + cell('stack');
    const isWide = room - place.length - cell('part').length >= LEAST_TEXT;
    if (!isWide && place !== before) screen.write(`${cyan(cut(place.trimEnd(), room))}\n`);
    before = place;
    const start = `${isWide ? place : '  '}${cell('part')}`;
    const whole = oneLine(`${step.what.padEnd(WORD)}  ${textOf(step)}`);
    // A terminal wraps what is read to its end, such as a statement that is missing.
    const text = step.outcome === 'problem' ? whole : cut(whole, room - start.length);
    screen.write(`${cyan(start)}${ofOutcome[step.outcome](text)}\n`);
  };
  const say = (...sentences: readonly string[]) => {
    const gap = before === undefined ? '' : '\n';
    screen.write(gap + sentences.map((sentence) => `${bold(oneLine(sentence))}\n`).join(''));
    before = '';
  };
  return { print, say };
}

/** Fields of each line of a processor's log that say nothing here. */
const ENVELOPE: readonly string[] = [
  'timestamp',
  'level',
  'message',
  'requestId',
  'functionName',
  'FunctionName',
  'coldStart',
];

/** Of a line of the log in JSON, what it says first: there is little room for it. */
function textOf({ what, text }: Step): string {
  const line = what === 'log' ? parseJson(text) : undefined;
  if (!isObject(line)) return text;
  const { _aws: metrics, level, message }: Readonly<Record<string, unknown>> = { ...line };
  const rest = Object.entries(line).filter(([name]) => name !== '_aws' && !ENVELOPE.includes(name));
  const shown = rest.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ');
  return [metrics ? 'metrics' : level, message, shown].filter(Boolean).join(' ');
}

/** Characters of the longest name in each column. */
function widthsOf(topology: ResolvedTopology) {
  const longest = (names: readonly string[]) => Math.max(...names.map((name) => name.length));
  const { accounts, consumers, producers, subscriptions } = topology;
  const sources = subscriptions.map(({ source }) => source);
  const names = Object.entries(accounts).map(([name, { id }]) => ({ name, id }));
  const others = sources.filter(({ account }) => names.every(({ id }) => id !== account.id));
  return {
    account: longest([
      ...names.map(({ name }) => name),
      ...others.map(({ account }) => account.id),
    ]),
    stack: longest(stacksOf(topology).map(({ id }) => id)),
    part: longest([
      'failed batches',
      ...consumers.map((consumer) => `function ${consumer.function.name}`),
      ...[...producers.map(({ table }) => table), ...sources].map(({ name }) => `table ${name}`),
    ]),
  };
}

/** What a terminal shows in two columns. */
const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;

/** The beginning of a text that has room in so many columns. */
function cut(text: string, columns: number): string {
  let [shown, used] = ['', 0];
  for (const character of text) {
    const width = /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    if (used + width > columns) return `${[...shown].slice(0, -1).join('')}…`;
    shown += character;
    used += width;
  }
  return text;
}
