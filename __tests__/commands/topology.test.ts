import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ofClone from '../../cdktf.json';
import { defineTopologyCommand, readTopology } from '../../commands/topology';
import ofPackage from '../../init/cdktf.json';
import { runCommand } from '../helpers/run-command';

const started = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), 'topology-option-'));
afterAll(() => {
  process.chdir(started);
  rmSync(folder, { recursive: true });
});

const command = defineTopologyCommand('show', {}, async (_, { stdout, topologyFile }) => {
  stdout.write(topologyFile);
  return 0;
});

/** What is read in a folder with these files. */
async function read(files: readonly string[], args: string[], env = {}): Promise<string> {
  const here = mkdtempSync(path.join(folder, 'here-'));
  mkdirSync(path.join(here, 'topologies'));
  for (const file of files) writeFileSync(path.join(here, file), '');
  process.chdir(here);
  const { code, stdout, stderr } = await runCommand(command, { name: 'show', args, env });
  return code === 0 ? stdout : stderr;
}

const USUAL = ['topology.yaml', 'topologies/orders.yaml'];
const TOPOLOGY = 'of-variable.yaml';

test.each<[string, string, string[], string[], object]>([
  ['the option', 'a b/ö.yaml', USUAL, ['--topology', 'a b/ö.yaml'], { TOPOLOGY }],
  ['the option, with =', 'a=b.yaml', USUAL, ['--topology=a=b.yaml'], { TOPOLOGY }],
  ['the variable', TOPOLOGY, USUAL, [], { TOPOLOGY }],
  ['topology.yaml', 'topology.yaml', USUAL, [], {}],
  ['topologies/orders.yaml', 'topologies/orders.yaml', ['topologies/orders.yaml'], [], {}],
])('a command reads that of %s', async (_, file, files, args, env) => {
  expect(await read(files, args, env)).toBe(file);
});

test.each<[string, string, string[], object]>([
  [
    'no topology at all',
    'there is neither topology.yaml nor topologies/orders.yaml here; name a topology with --topology or TOPOLOGY, or, in an empty folder, write one with npx --no-install cross-account-streams init',
    [],
    {},
  ],
  [
    'an empty option',
    '--topology is empty; set it to the path of a topology file, or leave it out',
    ['--topology='],
    { TOPOLOGY },
  ],
  [
    'an empty variable',
    'TOPOLOGY is empty; set it to the path of a topology file, or leave it out',
    [],
    { TOPOLOGY: '' },
  ],
  [
    'the option without a file',
    "Option '--topology <value>' argument missing; npm run show -- --help shows the options",
    ['--topology'],
    {},
  ],
  [
    'an option that npm has taken',
    'npm has taken --topology for its own option; write it after --: npm run show -- --topology <file>',
    [],
    { TOPOLOGY, npm_config_topology: 'x.yaml' },
  ],
])('a command refuses %s', async (_, message, args, env) => {
  expect(await read([], args, env)).toBe(`${message}\n`);
});

describe('a topology is read', () => {
  const reading = defineTopologyCommand('show', {}, async (_, world) => {
    readTopology(world);
    return 0;
  });
  const topology = path.resolve('topologies/orders.yaml');

  /** What is printed where cdktf.json has this text. */
  async function warnings(settings: string): Promise<string> {
    process.chdir(mkdtempSync(path.join(folder, 'app-')));
    writeFileSync('cdktf.json', settings);
    const { code, stderr } = await runCommand(reading, { args: ['--topology', topology] });
    expect(code).toBe(0);
    return stderr;
  }

  test('with a warning where cdktf runs another app', async () => {
    expect(await warnings('{ "app": "npx tsx app.ts" }')).toBe(
      'cdktf.json has another app, "npx tsx app.ts", which is not run here: what it adds is written by npx --no-install cdktf synth alone, and reviewed by npm run review -- --from cdktf.out alone\n',
    );
  });

  test.each([
    ['it runs the app of a clone', JSON.stringify(ofClone)],
    ['it runs the app of the package', JSON.stringify(ofPackage)],
    [
      'it runs one of these with options',
      '{ "app": "npx --no-install cross-account-streams app --topology x.yaml" }',
    ],
    ['cdktf.json is invalid', '{'],
    ['cdktf.json has no app', '{}'],
  ])('without one where %s', async (_, settings) => {
    expect(await warnings(settings)).toBe('');
  });
});
