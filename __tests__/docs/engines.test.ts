import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse as parseHcl } from '@cdktf/hcl2json';
import { parse as parseYaml } from 'yaml';
import { loadTopology } from '../../load/load';

import { synthesize } from '../../stacks/synthesize';
import type { Stack } from '../../topology/stacks';
import { environment } from '../helpers/environment';

// The formatter and the parser of HCL take a while to start.
jest.setTimeout(60_000);

const PAGE = readFileSync('docs/engines.md', 'utf8');
const place = mkdtempSync(path.join(tmpdir(), 'engines-'));
afterAll(() => rmSync(place, { recursive: true }));

let stacks: readonly (Stack & { readonly folder: string })[];
beforeAll(async () => {
  const topology = loadTopology('topologies/saas-tenants.yaml');
  await synthesize(topology, path.join(place, 'infrastructure'), { hcl: true });
  stacks = JSON.parse(textOf('infrastructure/stacks.json'));
});

const textOf = (file: string) => readFileSync(path.join(place, file), 'utf8');

/** The blocks of code below a heading. */
function blocks(heading: string, language: string): string[] {
  const [, section = ''] =
    new RegExp(`^## ${heading}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(PAGE) ?? [];
  const pattern = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...section.matchAll(pattern)].map(([, code = '']) => code);
}

/** Runs the first script below a heading next to `infrastructure`. */
function run(heading: string): void {
  const [script = ''] = blocks(heading, 'sh');
  const { status, stderr } = spawnSync('sh', ['-c', script], {
    cwd: place,
    env: environment(),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
}

test('Terramate’s stacks have the order of the topology', async () => {
  run('Terramate');
  for (const { id, folder, dependsOn } of stacks) {
    const file = `infrastructure/${folder}/stack.tm.hcl`;
    const after = dependsOn.map((other) => `../${other}`);
    expect(await parseHcl(file, textOf(file))).toEqual({ stack: [{ id, name: id, after }] });
  }
});

test('Atlantis’s projects have the folders, the order and what they depend on', () => {
  run('Atlantis');
  const consumer = 'consumer-metering';
  const project = (name: string, order: number, ...dependencies: string[]) => ({
    name,
    dir: `infrastructure/stacks/${name}`,
    execution_order_group: order,
    depends_on: dependencies,
  });
  const producers = ['acme', 'globex', 'initech'].map((tenant) => `producer-documents-${tenant}`);
  expect(parseYaml(textOf('atlantis.yaml'))).toEqual({
    version: 3,
    projects: [
      project(consumer, 1),
      ...producers.map((id) => project(id, 2, consumer)),
      ...producers.map((id) =>
        project(`${id.replace('producer', 'subscription')}-metering`, 3, id, consumer),
      ),
    ],
  });
});

test('the override files for HCP Terraform are of states that the stacks read', async () => {
  run('HCP Terraform');
  for (const { folder } of stacks) {
    const read = async (name: string) => {
      const file = `infrastructure/${folder}/${name}`;
      if (!existsSync(path.join(place, file))) return [];
      const { data } = await parseHcl(file, textOf(file));
      return Object.keys(data.terraform_remote_state ?? {}).sort();
    };
    expect(await read('states_override.tf')).toEqual(await read('cdk.tf'));
  }
});

test.each(['Terragrunt', 'HCP Terraform'])('the HCL for %s can be read', async (heading) => {
  const [hcl = '', ...others] = blocks(heading, 'hcl');
  expect(Object.keys(await parseHcl(`${heading}.hcl`, hcl))).toContain('locals');
  expect(others).toEqual([]);
});
