import { ownPage } from '../../../topology/own-files';
import type { Cause } from '../cause';
import { atMost } from './at-most';
import type { Clients } from './clients';

/** What AWS has: `absent` where there is none, `unknown` where it could not be read, which is a cause by itself. */
export type Found<T> = T | 'absent' | 'unknown';

/** Whether it was read, and is there. */
export function isFound<T>(found: Found<T>): found is T {
  return found !== 'absent' && found !== 'unknown';
}

/** The same, changed where it is there. */
export function mapFound<T, U>(found: Found<T>, change: (value: T) => U): Found<U> {
  return isFound(found) ? change(found) : (found as 'absent' | 'unknown');
}

/** What a call is about. */
export interface Question {
  /** As IAM names it, such as `dynamodb:DescribeTable`. */
  readonly action: string;
  /** Default: the one whose credentials are used. */
  readonly account?: string;
  readonly stack: string;
  readonly part: string;
}

/** Calls at once, to all accounts together. */
const CALLS = 32;

/** Seconds of a call with its repetitions. */
const TIME_LIMIT = 60;

/** Options of a call. */
export const inTime = () => ({ abortSignal: AbortSignal.timeout(TIME_LIMIT * 1000) });

const ABSENT =
  /^(ResourceNotFoundException|PolicyNotFoundException|NotFoundException|NoSuchEntity(Exception)?|NoSuchKey|NoSuchBucket|NotFound)$/;

/** Whatever is called. */
export const limited = atMost(CALLS);

/** Reads AWS with the credentials of one account. It changes nothing. */
export class Reader {
  /** What could not be read. */
  readonly causes: Cause[] = [];

  /**
   * @param account its name in the topology; empty where they are for all
   * @param who what its credentials are, for messages
   * @param clients none where the account cannot be reached: then nothing is known of it
   */
  constructor(
    readonly account: string,
    private readonly who: string,
    private readonly clients?: Clients,
  ) {}

  async ask<T>(
    question: Question,
    call: (clients: Clients, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<Found<T>> {
    const { clients } = this;
    if (!clients) return 'unknown';
    try {
      return await limited(() => call(clients, inTime()));
    } catch (error) {
      if (ABSENT.test((error as Error).name)) return 'absent';
      this.causes.push(this.notReadable(question, error as Error));
      return 'unknown';
    }
  }

  private notReadable({ action, ...place }: Question, { name, message }: Error): Cause {
    const isRefused = /AccessDenied|Unauthorized|NotAuthorized|Forbidden/.test(name);
    const isLate = /Timeout|Abort/.test(name);
    const text = isLate ? `no answer within ${TIME_LIMIT} seconds` : `${name}: ${message}`;
    return {
      cause: 'not-readable',
      account: this.account,
      ...place,
      message: `${action} by ${this.who} ${isRefused ? 'is not allowed' : 'failed'}, so this was not checked (${text})`,
      remedy: isRefused
        ? `allow ${this.who} ${action}; ${ownPage('doctor.md')} lists what is read`
        : 'run it again; if it stays, look at the network, the proxy and the state of AWS',
    };
  }
}
