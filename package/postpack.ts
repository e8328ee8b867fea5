/** What `npm pack` runs last. After one that was cut off, `node commands/start.mjs package/postpack.ts` does the same. */
import { rmSync } from 'node:fs';
import { swapBack } from './swap';

swapBack('.');
rmSync('THIRD-PARTY-NOTICES', { force: true });
