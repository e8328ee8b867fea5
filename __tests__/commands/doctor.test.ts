import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../commands/doctor';
import type { World } from '../../commands/run';
import { asCalled } from '../../operate/doctor/remedies';
import { runCommand } from '../helpers/run-command';
import { topology } from '../helpers/topology';

const folder = mkdtempSync(path.join(tmpdir(), 'doctor-test-'));
const FILE = path.join(folder, 'topology.yaml');
writeFileSync(FILE, JSON.stringify(topology()));

const environment = { ...process.env };

beforeAll(() => {
  // Nobody is signed in.
  process.env = { PATH: environment.PATH, HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
});

afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true });
});

const doctor = (world: Partial<World>) =>
  runCommand(command, { name: 'doctor', env: { TOPOLOGY: FILE }, ...world });

const MESSAGE =
  'there are no credentials of AWS, or they cannot be used (CredentialsProviderError: Could not load credentials from any providers)';

test('without credentials the one cause is printed, and the exit code is 1', async () => {
  const { code, stdout, stderr } = await doctor({});
  expect({ code, stderr, lines: stdout.split('\n') }).toEqual({
    code: 1,
    stderr: '',
    lines: [
      'subscription-orders-process-orders  no-credentials',
      '',
      'no-credentials all accounts, credentials',
      `  ${MESSAGE}`,
      '  To do: sign in, such as with',
      '    aws sso login',
      '  or set AWS_PROFILE; this shows whose they are:',
      '    aws sts get-caller-identity',
      '',
      '1 cause; 0 of 1 subscription without one',
      '',
    ],
  });
});

test('with --json standard output is one document', async () => {
  const { code, stdout } = await doctor({ args: ['--json'] });
  expect({ code, ...JSON.parse(stdout) }).toEqual({
    code: 1,
    works: false,
    subscriptions: [
      { subscription: 'subscription-orders-process-orders', works: false, causes: [] },
    ],
    causes: [
      {
        cause: 'no-credentials',
        account: '',
        stack: '',
        part: 'credentials',
        message: MESSAGE,
        remedy: expect.stringMatching(/^sign in, /),
        commands: ['aws sso login', 'aws sts get-caller-identity'],
      },
    ],
  });
});

test('a pattern without a subscription is refused', async () => {
  expect(await doctor({ args: ['--subscription', 'subscription-order-*'] })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'no stack is subscription-order-*; npm run stacks lists them\n',
  });
});

test.each([
  ['npm run deploy', 'npm run deploy -- --topology t.yaml'],
  ['npm run deploy -- producer-orders', 'npm run deploy -- --topology t.yaml producer-orders'],
  ['enable it: `npm run deploy`', 'enable it: `npm run deploy -- --topology t.yaml`'],
  [
    'npm run synth && terraform -chdir=a init',
    'npm run synth -- --topology t.yaml && tofu -chdir=a init',
  ],
  [
    'see npm run redrive -- --consumer c; then npm run deploy, again',
    'see npm run redrive -- --topology t.yaml --consumer c; then npm run deploy -- --topology t.yaml, again',
  ],
])('of another topology, and with OpenTofu, %s is called so', (remedy, called) => {
  expect(asCalled(remedy, '--topology t.yaml', 'tofu')).toBe(called);
  expect(asCalled(remedy, '', 'terraform')).toBe(remedy);
});
