import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ownFile } from '../../topology/own-files';
import type { ProcessSetUp } from './environment';
import { Log } from './log';

/** What the child process runs. */
const RUNTIME = ownFile('local/function/runtime.mjs');

/**
 * Seconds in which a function is loaded, unless its time limit is longer. After them Lambda loads it once more, in the
 * time of the invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const LOADING = 10;

/** Milliseconds for what a process wrote to be read, after it has answered or ended. */
const READING = 1_000;

const readingTime = () => delay(READING, undefined, { ref: false });

/** What came of loading the function, or of an invocation. */
export type Answer =
  | { readonly kind: 'answered'; readonly response: string }
  /** `isLast`: the process ends of it. */
  | { readonly kind: 'failed'; readonly error: string; readonly isLast?: boolean }
  | { readonly kind: 'timed out' };

/** A process that holds one loaded function, and serves one invocation after the other. */
export class Sandbox {
  readonly #child: ChildProcess;
  readonly #logs: readonly Log[];
  readonly #ended: Promise<Answer>;
  readonly #loaded: Promise<Answer>;
  #isAlive = true;

  constructor(setUp: ProcessSetUp, env: NodeJS.ProcessEnv) {
    this.#child = fork(RUNTIME, [], {
      cwd: setUp.packageFolder,
      env,
      // Options of this process are not the function's. A tenth of the memory is for what is not JavaScript's.
      execArgv: [`--max-old-space-size=${Math.floor(setUp.memoryInMB * 0.9)}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of processes, which ends as a whole.
      detached: process.platform !== 'win32',
    });
    const { stdout, stderr } = this.#child;
    this.#logs = [stdout, stderr].flatMap((output) => (output ? [new Log(output)] : []));
    this.#ended = this.#waitForEnd();
    this.#loaded = this.#answer(Math.max(LOADING, setUp.timeoutInSeconds));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** @param invocation what the runtime gets, as JSON */
  async invoke(invocation: object, timeoutInSeconds: number): Promise<Answer> {
    const loaded = await this.#loaded;
    if (loaded.kind !== 'answered') {
      await this.end();
      return loaded;
    }
    const endOfLog = `end of log ${randomUUID()}`;
    const logged = this.#logs.map((log) => log.readUntil(endOfLog));
    const answered = this.#answer(timeoutInSeconds);
    // An error of sending is the end of the process, which is waited for.
    this.#child.send({ ...invocation, endOfLog }, () => {});
    const answer = await answered;
    if (answer.kind === 'failed' && answer.isLast) await this.#ended;
    else if (answer.kind !== 'timed out') {
      // The code may have closed an output.
      await Promise.race([Promise.all(logged), this.#ended, readingTime()]);
    }
    return answer;
  }

  /** Lines since the last call. */
  takeLines(): string[] {
    return this.#logs.flatMap((log) => log.takeLines());
  }

  /** Ends the process, and those that it started. */
  async end(): Promise<void> {
    this.#kill();
    await this.#ended;
  }

  #kill(): void {
    this.#isAlive = false;
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // There is no such group any more, or on Windows.
      this.#child.kill('SIGKILL');
    }
  }

  /** The next message, or what became of the process if it ends before. */
  async #answer(timeoutInSeconds: number): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<Answer>((resolve) => {
      timer = setTimeout(resolve, timeoutInSeconds * 1_000, { kind: 'timed out' });
    });
    const message = new Promise<Answer>((resolve) => this.#child.once('message', resolve));
    try {
      return await Promise.race([message, this.#ended, timedOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #waitForEnd(): Promise<Answer> {
    const closed = once(this.#child, 'close');
    const disconnected = once(this.#child, 'disconnect');
    closed.catch(() => {});
    disconnected.catch(() => {});
    try {
      const [code, signal] = await once(this.#child, 'exit');
      // Processes that it started.
      this.#kill();
      await Promise.race([Promise.all([closed, disconnected]), readingTime()]);
      const how = signal ? `signal: ${signal}` : `exit status ${code}`;
      const error = code === 0 ? 'without providing a reason' : `with error: ${how}`;
      return { kind: 'failed', error: `Runtime exited ${error}` };
    } catch (error) {
      // It did not start.
      this.#isAlive = false;
      return { kind: 'failed', error: (error as Error).message };
    }
  }
}
