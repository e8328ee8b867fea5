import { existsSync, readFileSync } from 'node:fs';
import { ownFile } from '../topology/own-files';
import { defineCommand } from './command';

export const command = defineCommand('help', {}, async (_, { stdout }) => {
  const manifest = existsSync('package.json') ? readFileSync('package.json', 'utf8') : '{}';
  stdout.write(helpFor(JSON.parse(manifest).scripts ?? {}));
  return 0;
});

/** The file `help` with the commands that are scripts here; without any, with the one that writes them. */
export function helpFor(scripts: object): string {
  return readFileSync(ownFile('help'), 'utf8')
    .replaceAll(/^ {4}npm run (\S+).*\n/gm, (row, name) => (name in scripts ? row : ''))
    .replaceAll(/^ {4}npx .*\n/gm, (row) => ('synth' in scripts ? '' : row))
    .replaceAll(/^ {2}\S.*:\n\n/gm, ''); // headings without rows
}
