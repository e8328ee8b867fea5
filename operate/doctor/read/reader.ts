import { ownPage } from '../../../topology/own-files';
import { type Cause, causesIn } from '../cause';
import type { Clients } from './clients';

/** What AWS has: `absent` where there is none, `unknown` where it could not be read, which is a cause by itself. */
export type Found<T> = T | 'absent' | 'unknown';

/** Whether it was read, and is there. */
export function isFound<T>(found: Found<T>): found is T {
  return found !== 'absent' && found !== 'unknown';
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

type Options = ReturnType<typeof inTime>;

/** Options of a call. */
export const inTime = () => ({ abortSignal: AbortSignal.timeout(TIME_LIMIT * 1000) });

/** What an error says, for messages. */
export function textOf({ name, message }: Pick<Error, 'name' | 'message'>): string {
  const isLate = /Timeout|Abort/.test(name);
  return isLate ? `no answer within ${TIME_LIMIT} seconds` : `${name}: ${message}`;
}

const ABSENT =
  /^(ResourceNotFoundException|PolicyNotFoundException|NotFoundException|NoSuchEntity(Exception)?|NoSuchKey|NoSuchBucket|NotFound)$/;

const waiting: (() => void)[] = [];
let running = 0;

/** Calls AWS once fewer than the most calls are running, in the order they come. */
export async function limited<T>(call: () => Promise<T>): Promise<T> {
  if (running === CALLS) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await call();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

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
    call: (clients: Clients, options: Options) => Promise<T>,
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

  /** The items of all pages, or of so many that there are the most that are of use. */
  list<Page, Item>(
    question: Question,
    pages: (clients: Clients, options: Options) => AsyncIterable<Page>,
    itemsOf: (page: Page) => readonly Item[] | undefined,
    most = Number.POSITIVE_INFINITY,
  ): Promise<Found<Item[]>> {
    return this.ask(question, async (clients, options) => {
      const items: Item[] = [];
      for await (const page of pages(clients, options)) {
        items.push(...(itemsOf(page) ?? []));
        if (items.length >= most) break;
      }
      return items;
    });
  }

  private notReadable({ action, account, ...of }: Question, error: Error): Cause {
    const { who } = this;
    const isRefused = /AccessDenied|Unauthorized|NotAuthorized|Forbidden/.test(error.name);
    return causesIn({ account: account ?? this.account, stack: of.stack }, of.part)(
      'not-readable',
      `${action} by ${who} ${isRefused ? 'is not allowed' : 'failed'}, so this was not checked (${textOf(error)})`,
      isRefused
        ? `allow ${who} ${action}; ${ownPage('doctor.md')} lists what is read`
        : 'run it again; if it stays, look at the network, the proxy and the state of AWS',
    );
  }
}
