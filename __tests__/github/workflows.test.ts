import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { environment } from '../helpers/environment';

const FOLDER = '.github/workflows';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Its steps, or those of another workflow of the project. */
interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly env?: Readonly<Record<string, string>>;
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER).map((file) => `${FOLDER}/${file}`);

/** The rights that jobs have beyond reading the repository. */
const WRITES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'deploy.yml plan': { 'id-token': 'write' },
  'deploy.yml consumers': { 'id-token': 'write' },
  'deploy.yml deploy': { 'id-token': 'write' },
  'drift.yml drift': { 'id-token': 'write', issues: 'write' },
  'plan.yml plan': { 'id-token': 'write' },
  'plan.yml comment': { 'pull-requests': 'write' },
  'codeql.yml analyze': { 'security-events': 'write' },
  'release.yml publish': { 'id-token': 'write', attestations: 'write' },
  'scorecard.yml analyze': { 'security-events': 'write' },
};

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const workflow: Workflow = parse(text);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  test('names each action by its commit, and says which version that is', () => {
    const lines = text.split('\n').filter((line) => /\buses: (?!\.\/)/.test(line));
    expect(lines.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) {
      expect(line).toMatch(/uses: [\w-]+(?:\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('leaves no credentials with what it checks out', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).not.toEqual([]);
    for (const { with: inputs } of checkouts) {
      expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('may read the repository, and do no more than is listed here', () => {
    expect([{}, { contents: 'read' }]).toContainEqual(workflow.permissions);
    for (const [name, { permissions }] of jobs) {
      const { contents, ...more } = permissions ?? workflow.permissions ?? {};
      expect(contents).toBe('read');
      expect(more).toEqual(WRITES[`${file.slice(FOLDER.length + 1)} ${name}`] ?? {});
    }
  });

  test('gives code of a pull request no rights of the repository', () => {
    const events = typeof workflow.on === 'string' ? [workflow.on] : Object.keys(workflow.on);
    if (!file.endsWith('/plan.yml')) expect(events).not.toContain('pull_request_target');
    expect(events).not.toContain('workflow_run');
    expect(text).not.toContain('secrets.');
  });

  test('puts nothing that others write into a shell command', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

describe('what plan.yml runs is of the default branch:', () => {
  const { jobs, env }: Workflow = parse(readFileSync(`${FOLDER}/plan.yml`, 'utf8'));
  const all = Object.values(jobs).map(({ steps = [] }) => steps);
  const name = 'Topology and functions of the pull request';

  test('the pull request is checked out beside it, and only what is read is taken from it', () => {
    expect(env?.READ).toBe('topology.yaml topologies functions');
    for (const steps of all) {
      const [first, second, ...others] = steps.filter(({ uses }) =>
        /^actions\/checkout@/.test(uses ?? ''),
      );
      expect(first?.with).not.toHaveProperty('ref');
      expect(second?.with).toMatchObject({ path: 'pull-request' });
      expect(others).toEqual([]);
      const taken = steps.filter(({ run = '' }) => run.includes('pull-request'));
      expect(taken.map((step) => step.name)).toEqual([name]);
    }
  });

  test('a fork is checked out by the job without rights in AWS alone', () => {
    const checked = Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
      steps.filter((step) => step.with?.['allow-unsafe-pr-checkout']).map(() => job),
    );
    expect(checked).toEqual(['comment']);
    expect(jobs.plan?.if).toContain(
      'github.event.pull_request.head.repo.full_name == github.repository',
    );
  });

  test('in both jobs alike, after the packages are installed', () => {
    const [one, other] = all.map((steps) => steps.find((step) => step.name === name));
    expect(one).toEqual(other);
    for (const steps of all) {
      const names = steps.map((step) => step.name ?? step.run);
      expect(names.indexOf('npm ci --ignore-scripts')).toBe(names.indexOf(name) - 1);
    }
  });
});

test.each(['deploy', 'drift', 'plan'])('%s.yml needs each role that it assumes', (name) => {
  const text = readFileSync(`${FOLDER}/${name}.yml`, 'utf8');
  const { jobs }: Workflow = parse(text);
  const assumed = [...text.matchAll(/role-to-assume: \$\{\{ (\S+) \}\}/g)].map(([, role]) => role);
  const first = Object.values(jobs)[0]?.if ?? '';
  const needed = [...first.matchAll(/(\S+) != ''/g)].map(([, role]) => role);
  expect([...new Set(assumed)].sort()).toEqual(needed.sort());
});

test('one action has one version', () => {
  const uses = files.flatMap((file) => readFileSync(file, 'utf8').match(/uses: (?!\.\/).*/g) ?? []);
  const repositories = uses.map((line) => line.split('@')[0]?.split('/').slice(0, 2).join('/'));
  const versions = uses.map(
    (line) => `${line.split('/')[0]}/${line.split('/')[1]?.split('@')[0]}@${line.split('@')[1]}`,
  );
  expect(new Set(versions).size).toBe(new Set(repositories).size);
});

const REPOSITORY = 'git+https://github.com/example/streams.git';

test('a release whose tag, version, changelog and repository agree is accepted', () => {
  expect(refusalsOf('v1.0.0', '1.0.0', REPOSITORY)).toEqual([]);
});

test.each<[string, Parameters<typeof refusalsOf>, string]>([
  [
    'a tag of another version',
    ['v1.0.1', '1.0.0', REPOSITORY],
    'the tag is v1.0.1, and package.json has the version 1.0.0',
  ],
  [
    'a version that the changelog does not have',
    ['v1.0.0-rc.1', '1.0.0-rc.1', REPOSITORY],
    'CHANGELOG.md has no section ## 1.0.0-rc.1 (<date>)',
  ],
  [
    'a package without its repository',
    ['v1.0.0', '1.0.0'],
    `package.json has the repository.url '', and npm wants ${REPOSITORY}`,
  ],
])('a release is refused: %s', (_, release, line) => {
  expect(refusalsOf(...release)).toEqual([line]);
});

/** What the first job of release.yml refuses, with a changelog of 1.0.0. */
function refusalsOf(tag: string, version: string, url?: string): string[] {
  const { jobs }: Workflow = parse(readFileSync(`${FOLDER}/release.yml`, 'utf8'));
  const script = jobs.version?.steps?.find(({ run }) => run)?.run ?? '';
  const cwd = mkdtempSync(path.join(tmpdir(), 'release-'));
  writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ version, repository: { url } }));
  writeFileSync(path.join(cwd, 'CHANGELOG.md'), '# Changelog\n\n## 1.0.0 (2026-12-01)\n');
  const env = environment({
    GITHUB_REF_NAME: tag,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/streams',
  });
  const { status, stdout } = spawnSync('bash', ['-ec', script], { cwd, env, encoding: 'utf8' });
  rmSync(cwd, { recursive: true });
  const refusals = stdout.split('\n').filter(Boolean);
  expect(status).toBe(refusals.length === 0 ? 0 : 1);
  return refusals.map((line) => line.replace('::error::', ''));
}

test('what grants access and what judges it has owners', () => {
  const lines = readFileSync('.github/CODEOWNERS', 'utf8').split('\n');
  const owned = lines.filter((line) => /^\S+\s+@[\w-]+\/[\w-]+$/.test(line));
  expect(owned.length).toBe(lines.filter((line) => line !== '' && !line.startsWith('#')).length);
  const paths = owned.map((line) => line.split(/\s+/)[0] ?? '');
  expect(paths).toEqual(
    expect.arrayContaining(['/.github/', '/constructs/', '/policies/', '/review/']),
  );
  for (const path of paths.filter((path) => path !== '*'))
    expect(existsSync(`.${path}`)).toBe(true);
});
