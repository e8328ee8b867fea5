import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Versions of Node.js, of those with support for years, for which the CLI's terminal library is built in
 * advance. For others `npm ci` compiles it where there are Python and a C++ compiler, and leaves the CLI
 * out where there are none.
 */
export const NODE_VERSIONS: Readonly<Record<string, string>> = {
  'linux-x64': '20 or 22',
  'linux-arm64': '20',
  'darwin-arm64': '20 or 22',
};

/** @returns the CLI's program, if it is installed and runs on this Node.js */
export function findCli(): string | undefined {
  try {
    const manifest = require.resolve('cdktf-cli/package.json');
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
  const machine = `${process.platform}-${process.arch}`;
  const versions = NODE_VERSIONS[machine];
  const remedy = versions
    ? `use Node.js ${versions}`
    : 'use Node.js 20 or 22, with Python and a C++ compiler';
  return `cdktf's CLI does not run on Node.js ${process.versions.node} (${machine}); ${remedy}, after npm ci`;
}

/** Whether cdktf will ask before it changes anything. */
export function mustBeApproved(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (command !== 'deploy' && command !== 'destroy') return false;
  const approved = args.some((arg) => /^--auto-?approve(=true)?$/i.test(arg));
  const help = args.some((arg) => ['--help', '-h', '--version'].includes(arg));
  return !approved && !help && env.CDKTF_AUTO_APPROVE !== 'true';
}
