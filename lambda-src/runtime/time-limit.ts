import type { Invocation, ProcessorContext } from './context';
import { requireProcessed } from './require-processed';
import { thrown } from './thrown';

/** Milliseconds before the function times out at which processing ends; half of its time where that is less. */
const RESERVE = 1_000;

/** Seconds. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
export const LONGEST_TIMEOUT = 900;

/** The reason of an aborted signal, and what the change fails with. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Made where it is used: it takes as long as the rest of a call. */
class LazyController {
  #controller?: AbortController;

  get(): AbortController {
    this.#controller ??= new AbortController();
    return this.#controller;
  }
}

/** How long the changes of an invocation may take, so that it answers before it times out. */
export class TimeLimit {
  readonly #invocation: Invocation;
  readonly #timeoutInSeconds: number;
  readonly #reserve: number;
  #longest = 0;
  #leftRunning = false;

  /** @param timeoutInSeconds of each change. Default: as long as the function may run */
  constructor(invocation: Invocation, timeoutInSeconds = LONGEST_TIMEOUT) {
    this.#invocation = invocation;
    this.#timeoutInSeconds = timeoutInSeconds;
    this.#reserve = Math.min(RESERVE, this.#timeLeft() / 2);
  }

  /** Whether the function could time out before another change is done. */
  isShort(): boolean {
    return this.#timeLeft() < Math.max(this.#reserve, 2 * this.#longest);
  }

  /** Whether a call was left although its processor still runs: only the end of the process ends that. */
  get leftRunning(): boolean {
    return this.#leftRunning;
  }

  /**
   * Calls a processor and waits until it is done, or does not end although its signal was aborted.
   *
   * @throws what the processor throws; TimeoutError if that was after its signal was aborted
   */
  async call(processor: (context: ProcessorContext) => unknown): Promise<void> {
    const start = this.#timeLeft();
    const lazy = new LazyController();
    const context = {
      ...this.#invocation,
      get signal() {
        return lazy.get().signal;
      },
    };
    try {
      const returned = processor(context);
      if (returned === undefined) return;
      requireProcessed(await this.#settled(returned, lazy));
    } catch (error) {
      throw thrown(error, 'the processor');
    } finally {
      this.#longest = Math.max(this.#longest, start - this.#timeLeft());
    }
  }

  async #settled(returned: unknown, lazy: LazyController): Promise<unknown> {
    const result = Promise.resolve(returned);
    const untilReserve = this.#timeLeft() - this.#reserve;
    const limit = Math.min(this.#timeoutInSeconds * 1_000, untilReserve);
    if (await settlesWithin(limit, result)) return result;
    const when =
      limit < untilReserve
        ? `after ${this.#timeoutInSeconds} s, its timeoutInSeconds`
        : `${this.#reserve} ms before the function times out`;
    const expired = new TimeoutError(`not done ${when}`);
    lazy.get().abort(expired);
    if (await settlesWithin(this.#reserve / 2, result)) {
      return result.catch((cause) => {
        throw cause === expired ? cause : Object.assign(expired, { cause });
      });
    }
    this.#leftRunning = true;
    throw new TimeoutError(
      `${expired.message}, nor ended by context.signal: give the signal to what the processor awaits`,
    );
  }

  #timeLeft(): number {
    return this.#invocation.getRemainingTimeInMillis();
  }
}

function settlesWithin(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, false);
    const settle = () => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settle, settle);
  });
}
