/** One thing wrong with a topology file. */
export interface Problem {
  /** Where: keys and list indexes from the root of the file. */
  readonly path: readonly PropertyKey[];
  /** What is wrong and what to write instead, without a full stop. */
  readonly message: string;
  /** The value found, if there is one to show. */
  readonly received?: unknown;
  /** Line in the file, from 1. */
  readonly line?: number;
}

/** Something the user can mend: its message says all, and a command prints nothing but it. */
export class UserError extends Error {}

/** A topology file that cannot be used, with everything that is wrong with it. */
export class TopologyError extends UserError {
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
    this.name = 'TopologyError';
  }
}

/** `topologies/orders.yaml:31 subscriptions[0].batchSize must be between 1 and 10000, got 0` */
function formatProblem(file: string, { path, message, received, line }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const got = received === undefined ? '' : `, got ${formatValue(received)}`;
  return [place, formatPath(path), `${message}${got}`].filter(Boolean).join(' ');
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function formatValue(value: unknown): string {
  // JSON has no NaN and no infinity, YAML does.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
