import { readFileSync } from 'node:fs';

/** How our apps end, of a clone and of what `init` writes; options may follow. */
const OURS = /(?:cross-account-streams|commands\/index\.ts) app(?: |$)/;

/** The app that cdktf runs in the working directory, if it is one of the user's: it may add to the stacks. */
export function otherApp(): string | undefined {
  try {
    const { app } = JSON.parse(readFileSync('cdktf.json', 'utf8'));
    return typeof app === 'string' && !OURS.test(app) ? app : undefined;
  } catch {
    return undefined; // cdktf itself refuses the file
  }
}
