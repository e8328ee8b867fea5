import { readdirSync, readFileSync } from 'node:fs';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';

// Each command loads its libraries.
jest.setTimeout(60_000);

/** Folders with pages, and with what commands and alarms print. */
const FOLDERS = [
  ...['.github', 'bootstrap', 'commands', 'constructs', 'docs', 'init', 'load', 'local'],
  ...['operate', 'packaging', 'policies', 'review', 'stacks', 'terraform', 'topologies'],
  'topology',
];
const FILES = ['README.md', 'SECURITY.md', 'help'].concat(
  FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(md|ts|yml|yaml)$/.test(name))
      .map((name) => `${folder}/${name}`),
  ),
);

const CALL =
  /(?:npm run(?: --silent)?|cross-account-streams) ([a-z][a-z0-9:]*\b)((?:\\\n|[^`\n|;&#)])*)/g;

/** Every command that people read of, with its options. */
const CALLS = FILES.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(CALL)].map(([, name = '', rest = '']) => ({
    file,
    name,
    options: [...rest.matchAll(/ --([a-z][a-z-]*)/g)].map(([, option = '']) => option),
  })),
);

test('every page that is named exists', () => {
  const named = FILES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/ownPage\('(.*?)'\)/g)].map(([, page]) => page),
  );
  expect(readdirSync('docs')).toEqual(expect.arrayContaining(named));
});

test('every command that is named is a script', () => {
  const names = ['init', ...Object.keys(scripts)];
  expect(CALLS.filter(({ name }) => !names.includes(name))).toEqual([]);
});

/** Scripts that are commands of this project, by the names of their modules; the others are programs of others. */
const COMMANDS = Object.entries({ ...scripts, init: 'commands/index.ts init' }).flatMap(
  ([script, text]) => {
    const [, module] = /commands\/index\.ts (\w+)/.exec(text) ?? [];
    return module === undefined ? [] : [{ script, module }];
  },
);

/** The options of a module, as it shows them. */
async function optionsOf(module: string): Promise<string[]> {
  const { command } = await import(`../../commands/${module}`);
  const { stdout } = await runCommand(command, { name: module, args: ['--help'] });
  return [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, option = '']) => option);
}

test.each(COMMANDS)('every option of $script that is named exists', async ({ script, module }) => {
  const existing = await optionsOf(module);
  expect(existing).toContain('help');
  const calls = CALLS.filter(({ name }) => name === script);
  expect(calls.filter(({ options }) => options.some((each) => !existing.includes(each)))).toEqual(
    [],
  );
});

/** Of KICS, cdktf and the AWS CLI. */
const OF_OTHERS = ['exclude-queries', 'skip-provider-lock', 'sse'];

test('every option that pages name alone is one of a command', async () => {
  const existing = await Promise.all(COMMANDS.map(({ module }) => optionsOf(module)));
  const named = FILES.filter((file) => file.endsWith('.md')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/`--([a-z-]+)/g)].map(([, option]) => option),
  );
  expect([...existing.flat(), ...OF_OTHERS]).toEqual(expect.arrayContaining(named));
});
