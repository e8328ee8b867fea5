import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
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
import { OWN_FOLDER, ownFile, ownPage, PACKAGE_NAME } from '../topology/own-files';
import { UserError } from '../topology/problem';
import { defineCommand } from './command';
import { mergeManifest } from './merge-manifest';

/** `npx --no-install cross-account-streams init`: a first project in the working directory. */
export const command = defineCommand('init', {}, async (_, { stdout }) => {
  const manifest = mergeManifest(readOwn(MANIFEST));
  if (!isNamedFrom(process.cwd())) throw new UserError(NOT_INSTALLED);
  const files: readonly TextFile[] = [...templates(), [MANIFEST, manifest.text]];
  const names = files.map(([name]) => name);
  const existing = names.filter((name) => !ADDED_TO.includes(name) && existsSync(name));
  const links = [...new Set(names.map((name) => path.dirname(name)))].filter(isLink);
  const inTheWay = [
    ...links.map((folder) => `${folder} is a link`),
    ...existing.map((name) => `${name} exists`),
    ...manifest.problems,
  ];
  if (inTheWay.length > 0) throw new UserError(...inTheWay, REFUSED);
  const added = existsSync(IGNORED) ? ', the lines that were missing' : '';
  writeAll(files);
  stdout.write(`Written:
${names.map((name) => `  ${name}${name === IGNORED ? added : ''}`).join('\n')}

Next:
  npm install && npm run synth   the topology as Terraform configuration, in cdktf.out/
  npm run local                  changes on their way from its table to its function, without AWS
  npm test                       what must stay true of it, and of its function
Then write your account IDs into topology.yaml, and read ${ownPage('ci.md')} for .github/workflows/.
`);
  return 0;
});

const TEMPLATES = ownFile('init');
const MANIFEST = 'package.json';
const IGNORED = '.gitignore';

/** Workflows that are the same in a project as here. */
const WORKFLOWS = ['deploy', 'drift', 'plan'].map((name) => `.github/workflows/${name}.yml`);

/** Files that may exist. What they have stays. */
const ADDED_TO = [IGNORED, MANIFEST];

const REFUSED =
  'Nothing is written: init overwrites nothing; move away what exists, or start in an empty folder';

/** Whoever owns the name at a registry decides what it brings, so only the user writes where the package is from. */
const NOT_INSTALLED = `package.json here, or in a folder above, must have ${PACKAGE_NAME} among its packages; run npm install <its tarball> first`;

/** Whether package.json has this package, in a folder or one above it, such as the root of workspaces. */
function isNamedFrom(folder: string): boolean {
  const file = path.join(folder, MANIFEST);
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile();
  const key = new RegExp(`"${PACKAGE_NAME}"\\s*:`);
  if (isFile && key.test(readFileSync(file, 'utf8'))) return true;
  const above = path.dirname(folder);
  return above !== folder && isNamedFrom(above);
}

/** What is written through a link may be outside the project. */
function isLink(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/**
 * The text of a file that may exist.
 *
 * @throws UserError if something else has its name
 */
function readOwn(file: string): string | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw new UserError(`${file} must be a file, and not a link to one`);
  return readFileSync(file, 'utf8');
}

/** Relative to the working directory. */
type TextFile = readonly [name: string, text: string];

function templates(): readonly TextFile[] {
  const workflows = WORKFLOWS.map((name): TextFile => [name, readFileSync(ownFile(name), 'utf8')]);
  const others = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== MANIFEST && statSync(path.join(TEMPLATES, name)).isFile())
    .map((name): TextFile => {
      const text = readFileSync(path.join(TEMPLATES, name), 'utf8');
      // npm leaves each .gitignore out of a package.
      if (name === 'gitignore') return [IGNORED, addLines(IGNORED, text)];
      return [name, text.replace(SCHEMA_FOLDER, ownFolderFromHere)];
    });
  return [...workflows, ...others].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** In a workspace, npm installs the package in a folder above. */
const SCHEMA_FOLDER = `./node_modules/${PACKAGE_NAME}/`;

function ownFolderFromHere(): string {
  const folder = path.relative('', OWN_FOLDER).replaceAll(path.sep, '/');
  return `${folder.startsWith('..') ? '' : './'}${folder}/`;
}

/** The text of a file, if there is one, with the lines that it lacks. */
function addLines(file: string, text: string): string {
  const present = readOwn(file);
  if (present === undefined) return text;
  const lines = present.split('\n').map((line) => line.trim());
  const missing = text.split('\n').filter((line) => line !== '' && !lines.includes(line));
  const end = /(^|\n)$/.test(present) ? '' : '\n';
  return `${present}${end}${missing.map((line) => `${line}\n`).join('')}`;
}

/**
 * Writes all or nothing. What may exist is replaced last.
 *
 * @throws UserError with what cannot be written
 */
function writeAll(files: readonly TextFile[]): void {
  const created: string[] = [];
  try {
    for (const [name, text] of files) {
      const folder = mkdirSync(path.dirname(name), { recursive: true });
      if (folder !== undefined) created.push(folder);
      const place = ADDED_TO.includes(name) ? `${name}.new` : name;
      const file = openSync(place, 'wx');
      created.push(place);
      writeFileSync(file, text);
      closeSync(file);
    }
    for (const name of ADDED_TO) {
      if (existsSync(name)) chmodSync(`${name}.new`, statSync(name).mode);
      renameSync(`${name}.new`, name);
    }
  } catch (error) {
    for (const place of created) rmSync(place, { recursive: true, force: true });
    throw new UserError(`Nothing is written: ${(error as Error).message}`);
  }
}
