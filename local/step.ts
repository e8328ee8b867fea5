/** What happens while a topology is played: one line on the screen, one object of `--json`. */
export interface Step {
  /** Name of the account in the topology, or its ID where the topology does not have it. */
  readonly account: string;
  /** ID of the stack; empty for what is in none. */
  readonly stack: string;
  /** Such as `table Orders`, `stream`, `mapping`, `function ProcessOrders` or `failed batches`. */
  readonly part: string;
  /** What it does, such as put, record, refused, filtered, delivered, answered, failed, bisected, discarded, kept, redriven. */
  readonly what: string;
  readonly text: string;
  readonly outcome: 'ok' | 'problem' | 'note';
  /** What --json has in addition: the record, the statement that is missing, paths of files. */
  readonly data?: object;
}

export type Print = (step: Step) => void;

/** Where a step happens. */
export type Place = Pick<Step, 'account' | 'stack' | 'part'>;

export type Say = (
  place: Place,
  what: string,
  text: string,
  outcome?: Step['outcome'],
  data?: object,
) => void;

/** @param print with `ok` where no outcome is said */
export const saying =
  (print: Print): Say =>
  ({ account, stack, part }, what, text, outcome = 'ok', data) =>
    print({ account, stack, part, what, text, outcome, ...(data && { data }) });

/** What a function logged and wrote in an invocation. */
export function sayOutput(
  { logs, wrote }: { readonly logs: readonly string[]; readonly wrote: readonly string[] },
  place: Place,
  say: Say,
): void {
  for (const line of logs) say(place, 'log', line, 'note');
  for (const file of wrote) say(place, 'wrote', file, 'ok', { file });
}
