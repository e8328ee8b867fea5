/** `npm run diff`, `deploy` and `destroy`: cdktf's CLI, after what it checks too late or not at all. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UserError } from '../topology/problem';
import { findCli, missingCli, mustBeApproved } from './cdktf-cli';
import type { World } from './run';

export async function command({ name, args, env }: World): Promise<number> {
  const cli = findCli();
  if (!cli) throw new UserError(`npm run ${name}: ${missingCli()}`);
  const asks = mustBeApproved(name, args, env);
  // cdktf asks while Terraform holds the lock of the state, and its end does not free it.
  if (asks && !process.stdin.isTTY) {
    throw new UserError(
      `npm run ${name}: there is no terminal to ask for approval; add --auto-approve, as in npm run ${name} -- '*' --auto-approve`,
    );
  }
  return start([cli, name, ...args], asks);
}

/** @returns the exit code, as a shell has it of a process that a signal ended */
function start(args: readonly string[], asks: boolean): Promise<number> {
  const { CI = process.stdout.isTTY || asks ? undefined : 'true' } = process.env;
  const cdktf = spawn(process.execPath, args, {
    stdio: 'inherit',
    // No question for a newer version, which fails offline; no frames of a spinner in a log.
    env: { CHECKPOINT_DISABLE: '1', ...process.env, CI },
  });
  // Ctrl-C reaches cdktf from the terminal. This process waits for it.
  process.on('SIGINT', () => process.stdin.isTTY || cdktf.kill('SIGINT'));
  process.on('SIGTERM', () => cdktf.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    cdktf.on('error', reject);
    cdktf.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
}
