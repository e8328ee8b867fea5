import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ownFile } from '../topology/own-files';
import { UserError } from '../topology/problem';
import { defineCommand } from './command';
import { mergeManifest } from './merge-manifest';

/** `npx --no-install cross-account-streams init`: a first project in the working directory. */
export const command = defineCommand('init', {}, async (_, { stdout }) => {
  const files = templates();
  const manifest = mergeManifest(existsSync(MANIFEST) ? readFileSync(MANIFEST, 'utf8') : undefined);
  const names = files.map(([name]) => name);
  const existing = names.filter((name) => existsSync(name));
  const inTheWay = [...existing.map((name) => `${name} exists`), ...manifest.problems];
  if (inTheWay.length > 0) {
    throw new UserError(...inTheWay, 'Nothing is written: init overwrites nothing');
  }
  writeAll(files, manifest.text);
  stdout.write(`Written:
${[...names, MANIFEST].map((name) => `  ${name}`).join('\n')}

Next:
  npm install && npm run synth   the topology as Terraform configuration, in cdktf.out/
  npm test                       what must stay true of it, and of its function
Then write your account IDs into topology.yaml.
`);
  return 0;
});

const TEMPLATES = ownFile('init');
const MANIFEST = 'package.json';

/** Relative to the working directory. */
type TextFile = readonly [name: string, text: string];

function templates(): readonly TextFile[] {
  return readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== MANIFEST && statSync(path.join(TEMPLATES, name)).isFile())
    .map((name): TextFile => {
      const text = readFileSync(path.join(TEMPLATES, name), 'utf8');
      // npm leaves each .gitignore out of a package.
      return [name === 'gitignore' ? '.gitignore' : name, text];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Writes all or nothing. package.json, which may exist, is replaced last.
 *
 * @throws UserError with what cannot be written
 */
function writeAll(files: readonly TextFile[], manifest: string): void {
  const newManifest = `${MANIFEST}.new`;
  const created: string[] = [];
  try {
    for (const [name, text] of [...files, [newManifest, manifest] as const]) {
      const folder = mkdirSync(path.dirname(name), { recursive: true });
      if (folder !== undefined) created.push(folder);
      const file = openSync(name, 'wx');
      created.push(name);
      writeFileSync(file, text);
      closeSync(file);
    }
    renameSync(newManifest, MANIFEST);
  } catch (error) {
    for (const place of created) rmSync(place, { recursive: true, force: true });
    throw new UserError(`Nothing is written: ${(error as Error).message}`);
  }
}
