import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { IS_INSTALLED } from '../topology/own-files';
import { UserError } from '../topology/problem';

export interface World {
  /** Of the command. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly stdout: {
    write(text: string): unknown;
    /** Of a terminal. */
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly stderr: { write(text: string): unknown };
  /** Undefined without one, as in CI. */
  readonly terminal?: { ask(question: string): Promise<string> };
}

/** @returns the exit code */
export type Command = (world: World) => Promise<number>;

export async function run(command: Command): Promise<void> {
  const { argv, env, stdout, stderr } = process;
  // Who reads a pipe may stop, such as `head`. The command goes on, so that nothing is left half done.
  for (const output of [stdout, stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const [name = 'help', ...args] = argv.slice(2);
  const terminal = process.stdin.isTTY && stdout.isTTY ? { ask } : undefined;
  const world = { name, args, env, now: new Date(), stdout, stderr, terminal };
  process.exitCode = await execute(command, world);
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C at the question answers it with nothing.
  const interrupted = once(terminal, 'SIGINT').then(() => '');
  const answer = await Promise.race([terminal.question(question), interrupted]);
  terminal.close();
  return answer;
}

/** Runs a command. Of an error that the user can correct, only the message is printed. */
export async function execute(command: Command, world: World): Promise<number> {
  try {
    return await command(world);
  } catch (error) {
    const message = messageFor(error as NodeJS.ErrnoException);
    if (message === undefined) throw error;
    world.stderr.write(`${message}\n`);
    return 1;
  }
}

function messageFor(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof UserError) return error.message;
  if (error.syscall === 'uv_cwd') {
    return 'The working directory is no longer there; change to another';
  }
  if (error.code !== 'MODULE_NOT_FOUND') return undefined;
  // A peer, or what git pull has brought.
  const [, first, name] = /^(.*?'(.*)'|.*)/.exec(error.message) ?? [];
  return `${first}; run ${IS_INSTALLED ? `npm install ${name}` : 'npm ci'}`;
}
