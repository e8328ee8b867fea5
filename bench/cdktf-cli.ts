import { createRequire } from 'node:module';
import path from 'node:path';

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
  return `cdktf's CLI does not run on Node.js ${process.versions.node}; use Node.js 20 or 22 (20 on Linux with arm64), after npm ci`;
}
