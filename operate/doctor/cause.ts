/** Why a subscription does not work, or soon will not. Each has a row in docs/doctor.md. */
export type CauseId =
  | 'no-credentials'
  | 'wrong-account'
  | 'role-not-assumed'
  | 'not-readable'
  | 'not-deployed'
  | 'state-older'
  | 'locked'
  | 'exists-without-state'
  | 'role-missing'
  | 'role-replaced'
  | 'policy-missing'
  | 'policy-differs'
  | 'stream-off'
  | 'stream-replaced'
  | 'view-type-differs'
  | 'key-disabled'
  | 'key-refuses'
  | 'key-grant-missing'
  | 'mapping-missing'
  | 'mapping-disabled'
  | 'mapping-differs'
  | 'mapping-refused'
  | 'function-missing'
  | 'function-inactive'
  | 'function-throttled'
  | 'function-paused'
  | 'function-fails'
  | 'filters-drop-all'
  | 'iterator-age'
  | 'records-lost'
  | 'failed-batches-waiting'
  | 'alarm-raised'
  | 'email-unconfirmed';

export interface Cause {
  readonly cause: CauseId;
  /** Name in the topology; empty where it is all accounts. */
  readonly account: string;
  /** Its ID; empty where it is all stacks of the account. */
  readonly stack: string;
  /** Of the stack: role, table, stream policy, mapping, … */
  readonly part: string;
  /** What was found, with its names and values. */
  readonly message: string;
  /** What to do, with the exact commands, each in backticks. */
  readonly remedy: string;
}

/** The stack that causes are found in. */
export type Place = Pick<Cause, 'account' | 'stack'>;

/** What was looked for: a cause where it was found. */
export type Looked = Cause | false | undefined;

/** Makes the causes of one part of a stack. */
export function causesIn({ account, stack }: Place, part: string) {
  return (cause: CauseId, message: string, remedy: string): Cause => {
    return { cause, account, stack, part, message, remedy };
  };
}
