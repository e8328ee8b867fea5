import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = '.github/workflows';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: string | Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = readdirSync(FOLDER).map((file) => `${FOLDER}/${file}`);

/** The rights that jobs have beyond reading the repository. */
const WRITES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'codeql.yml analyze': { 'security-events': 'write' },
  'scorecard.yml analyze': { 'security-events': 'write' },
};

describe.each(files)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const workflow: Workflow = parse(text);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  test('names each action by its commit, and says which version that is', () => {
    const lines = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(lines.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of lines) {
      expect(line).toMatch(/uses: [\w-]+(?:\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('leaves no credentials with what it checks out', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(jobs.length);
    for (const { with: inputs } of checkouts) {
      expect(inputs).toEqual({ 'persist-credentials': false });
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
    expect(events).not.toContain('pull_request_target');
    expect(events).not.toContain('workflow_run');
    expect(text).not.toContain('secrets.');
  });

  test('puts nothing that others write into a shell command', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });
});

test('one action has one version', () => {
  const uses = files.flatMap((file) => readFileSync(file, 'utf8').match(/uses: .*/g) ?? []);
  const repositories = uses.map((line) => line.split('@')[0]?.split('/').slice(0, 2).join('/'));
  const versions = uses.map(
    (line) => `${line.split('/')[0]}/${line.split('/')[1]?.split('@')[0]}@${line.split('@')[1]}`,
  );
  expect(new Set(versions).size).toBe(new Set(repositories).size);
});

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
