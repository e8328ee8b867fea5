/** `npm run diff`, `deploy` and `destroy`: cdktf's CLI, after what it checks too late or not at all. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../load/load';
import { UserError } from '../topology/problem';
import type { World } from './run';
import { takeTopology } from './topology';

export async function command(world: World): Promise<number> {
  const { name, env } = world;
  const { topology, args } = takeTopology(world);
  // cdktf shows lines of its own around what is wrong with it.
  if (topology !== undefined) loadTopology(topology);
  const cli = findCli();
  if (!cli) throw new UserError(`npm run ${name}: ${missingCli()}`);
  const asks = mustBeApproved(name, args, env);
  // cdktf asks while Terraform holds the lock of the state, and its end does not free it.
  if (asks && !process.stdin.isTTY) {
    throw new UserError(
      `npm run ${name}: there is no terminal to ask for approval; add --auto-approve, as in npm run ${name} -- '*' --auto-approve`,
    );
  }
  return start([cli, name, ...args], asks, topology);
}

/** @returns the exit code, as a shell has it of a process that a signal ended */
function start(args: readonly string[], asks: boolean, topology?: string): Promise<number> {
  const { CI = process.stdout.isTTY || asks ? undefined : 'true' } = process.env;
  const cdktf = spawn(process.execPath, args, {
    stdio: 'inherit',
    // No question for a newer version, which fails offline; no frames of a spinner in a log.
    env: { CHECKPOINT_DISABLE: '1', ...process.env, CI, TOPOLOGY: topology },
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

/** @returns the CLI's program, if it is installed and runs on this Node.js */
export function findCli(): string | undefined {
  try {
    // Where this project is a package the CLI is that of the project that has it.
    const places = { paths: [process.cwd(), __dirname] };
    const manifest = require.resolve('cdktf-cli/package.json', places);
    const ofCli = createRequire(manifest);
    const finder = ofCli.resolve(`${TERMINAL_LIBRARY}/lib/prebuild-file-path`);
    const { ptyPath, winPtyPath } = ofCli(finder);
    ofCli(ptyPath ?? winPtyPath ?? path.join(finder, '..', '..', 'build', 'Release', 'pty.node'));
    return path.join(path.dirname(manifest), 'bundle', 'bin', 'cdktf');
  } catch {
    return undefined;
  }
}

/** The CLI loads it whatever the command; here its native code is loaded as it does. */
const TERMINAL_LIBRARY = '@cdktf/node-pty-prebuilt-multiarch';

/** What to do where the CLI does not run. */
export function missingCli(): string {
  return `cdktf's CLI does not run on Node.js ${process.versions.node}; use Node.js 20 or 22 (20 on Linux with arm64), after npm ci`;
}

/** Whether cdktf will ask before it changes anything. */
export function mustBeApproved(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (command !== 'deploy' && command !== 'destroy') return false;
  const needsNone = /^(--auto(-a|A)pprove(=true)?|--help|-h|--version)$/;
  const isAsked = args.every((arg, index) => !needsNone.test(arg) || args[index + 1] === 'false');
  return isAsked && env.CDKTF_AUTO_APPROVE !== 'true';
}
