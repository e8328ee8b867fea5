import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { UserError } from '../topology/problem';
import { type Diagnostic, parsed, readMessage, type UiMessage } from './messages';

/** What one run of Terraform came to. */
export interface Outcome {
  readonly succeeded: boolean;
  /** Why it failed. */
  readonly errors: readonly Diagnostic[];
  /** What it printed that is no message, such as all of `terraform show`. */
  readonly output: string;
}

/** Milliseconds within which one Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
export const ONE_INTERRUPT = 1_000;

/** Of a terminal that was closed: what runs is ended in order all the same. */
const OUTPUTS = [process.stdout, process.stderr];
const ignore = () => {};
const STOPPED: Diagnostic = { severity: 'error', summary: 'interrupted', detail: '' };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Terraform, or OpenTofu, in the folders of stacks.
 *
 * A terminal sends Ctrl-C to every process of its group. Terraform would get it twice, which makes it end without
 * writing its state. So each run has its own group, and gets every interrupt from here, once.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export class Terraform {
  private readonly running = new Set<ChildProcess>();
  private interrupted?: { readonly signal: NodeJS.Signals; readonly at: number };

  constructor(
    readonly program: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly say: (line: string) => void,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.interrupt);
    for (const output of OUTPUTS) output.on('error', ignore);
  }

  /** The signal that asked to stop: no run starts any more. */
  get stopped(): NodeJS.Signals | undefined {
    return this.interrupted?.signal;
  }

  /** Signals end this process again. */
  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.interrupt);
    for (const output of OUTPUTS) output.off('error', ignore);
  }

  /** @param onMessage what is called with each message of a plan or apply with `-json`, of which one is a summary */
  async run(
    folder: string,
    args: readonly string[],
    onMessage?: (message: UiMessage) => void,
  ): Promise<Outcome> {
    if (this.stopped) return { succeeded: false, errors: [STOPPED], output: '' };
    const child = spawn(this.program, args, {
      cwd: folder,
      env: { ...this.env, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.running.add(child);
    const errors: Diagnostic[] = [];
    const [output, log]: [string[], string[]] = [[], []];
    let isSummarized = false;
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = onMessage && readMessage(line);
      if (!message) output.push(line);
      else if (message.diagnostic?.severity === 'error') errors.push(message.diagnostic);
      else onMessage(message);
      isSummarized ||= message?.type === 'change_summary';
    });
    try {
      // Not 'exit', after which lines may still come.
      const [code, signal] = await once(child, 'close');
      const isUnread = onMessage
        ? !isSummarized || output.some((line) => line.startsWith('{'))
        : args.includes('-json') && !parsed(output.join(''));
      const succeeded = code === 0 && !isUnread;
      if (!succeeded && errors.length === 0) {
        const how = code === 0 ? 'cannot be read' : `ended with ${signal ?? `exit code ${code}`}`;
        const detail = [...output, ...log].join('\n');
        errors.push({ severity: 'error', summary: `${this.program} ${args[0]} ${how}`, detail });
      }
      return { succeeded, errors, output: output.join('\n') };
    } catch (error) {
      const remedy = 'install Terraform 1.10 or later, or set TERRAFORM_BINARY_NAME=tofu';
      throw new UserError(`${(error as Error).message}; ${remedy}`);
    } finally {
      this.running.delete(child);
    }
  }

  private readonly interrupt = (signal: NodeJS.Signals): void => {
    const first = this.interrupted;
    // A CI job that is cancelled gets SIGTERM seconds after SIGINT: no reason to lose a state.
    if (first && (signal !== 'SIGINT' || Date.now() - first.at < ONE_INTERRUPT)) return;
    this.interrupted ??= { signal, at: Date.now() };
    this.say(
      first
        ? 'Ending Terraform at once: what it was creating may exist in AWS and in no state, and locks may stay; docs/repair.md'
        : 'Stopping: Terraform ends what it has begun, writes the state and frees its lock. Ctrl-C again ends it at once, which can leave a lock and resources that no state has',
    );
    for (const child of this.running) child.kill('SIGINT');
  };
}
