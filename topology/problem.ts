import { closest, distance } from 'fastest-levenshtein';
import { visible } from './unicode';

export interface Problem {
  /** Where: keys and list indexes from the root of the file. */
  readonly path: readonly PropertyKey[];
  /** What is wrong and what to write instead, without a full stop. */
  readonly message: string;
  /** The value found, if there is one to show. */
  readonly received?: unknown;
  /** The value as it is written in the file, where YAML reads it as something else than text. */
  readonly written?: string;
  /** Whether the value is right as it is written, but in quotes. */
  readonly inQuotes?: boolean;
  /** Line in the file, from 1. */
  readonly line?: number;
}

export type Report = (path: Problem['path'], message: string, received?: unknown) => void;

/** Something the user can correct: its message says all, and a command prints nothing but it. */
export class UserError extends Error {
  constructor(...lines: readonly string[]) {
    // Names of files and of AWS may hold what a terminal or a log acts on.
    super(lines.map(visible).join('\n'));
  }
}

/** A topology file that cannot be used, with everything that is wrong with it. */
export class TopologyError extends UserError {
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(...problems.map((problem) => formatProblem(file, problem)));
    this.name = 'TopologyError';
  }
}

/** `topologies/orders.yaml:31 subscriptions[0].batchSize must be between 1 and 10000, got 0` */
export function formatProblem(file: string, problem: Problem): string {
  const { path, message, received, line, inQuotes } = problem;
  const place = line === undefined ? file : `${file}:${line}`;
  const value = problem.written ?? formatValue(received);
  const remedy = inQuotes ? `; write "${value}"` : '';
  const got = received === undefined ? '' : `, got ${value}`;
  return [place, formatPath(path), `${message}${remedy}${got}`]
    .filter(Boolean)
    .map(visible)
    .join(' ');
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** A value as messages show it: JSON on one line, cut after 100 characters. */
export function formatValue(value: unknown): string {
  // JSON has no NaN and no infinity, YAML does.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? '');
  return visible(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}

/** `did you mean <name>? ` where a name is close enough, or the only one that begins so, else nothing. */
export function didYouMean(given: string, names: readonly string[], prefix = ''): string {
  if (names.length === 0) return '';
  const [begun, ...others] = names.filter((name) => given.length > 2 && name.startsWith(given));
  const name = others.length === 0 && begun !== undefined ? begun : closest(given, names);
  const most = Math.max(given.length > 3 ? 2 : 1, given.length / 4);
  return name === begun || distance(given, name) <= most ? `did you mean ${prefix}${name}? ` : '';
}
