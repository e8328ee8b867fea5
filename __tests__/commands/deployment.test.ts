/** The commands that run Terraform, with a program in its place that says what the test sets. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command as deploy } from '../../commands/deploy';
import { command as destroy } from '../../commands/destroy';
import { command as drift } from '../../commands/drift';
import { command as plan } from '../../commands/plan';
import { command as review } from '../../commands/review';
import type { Command, World } from '../../commands/run';
import { command as stacks } from '../../commands/stacks';
import { readStates } from '../../operate/states';
import { gitIn } from '../helpers/git';
import { runCommand } from '../helpers/run-command';
import { type Answer, PROGRAM, StubTerraform, says } from '../helpers/stub-terraform';
import { type Overrides, producer, topology } from '../helpers/topology';

jest.mock('../../operate/states');
const states = jest.mocked(readStates);

const CONSUMER = 'consumer-process-orders';
const PRODUCER = 'producer-orders';
const SUBSCRIPTION = 'subscription-orders-process-orders';
const TABLE = 'aws_dynamodb_table.table';
const NONE = { found: [CONSUMER, PRODUCER, SUBSCRIPTION], removed: [] };

const here = process.cwd();
const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'deployment-test-')));
const terraform = new StubTerraform();

beforeAll(() => process.chdir(folder));
beforeEach(() => {
  write();
  terraform.answer({});
  states.mockReset().mockResolvedValue(NONE);
});
afterEach(() => {
  for (const out of ['cdktf.out', 'plan.out']) rmSync(out, { recursive: true, force: true });
});
afterAll(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
  terraform.remove();
});

function write(overrides: Overrides = {}): void {
  writeFileSync('topology.yaml', JSON.stringify(topology(overrides)));
}

const NAMES = new Map([
  [deploy, 'deploy'],
  [destroy, 'destroy'],
  [drift, 'drift'],
  [plan, 'plan'],
  [review, 'review'],
  [stacks, 'stacks'],
]);

const RUN = [...NAMES].filter(([command]) => command !== review && command !== stacks);

/** Seconds are those of the machine. */
async function run(command: Command, args: string[], world: Partial<World> = {}) {
  const outcome = await runCommand(command, {
    name: NAMES.get(command),
    args,
    env: terraform.env,
    ...world,
  });
  return { ...outcome, stdout: outcome.stdout.replaceAll(/, \d+ s$/gm, '') };
}

/** A terminal on which this is answered. */
function terminal(answer: string) {
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    return answer;
  };
  return { questions, terminal: { ask } };
}

const APPLY = 'apply -json -input=false';
const INIT = 'init -input=false -no-color -reconfigure';
const PLAN = 'plan -json -input=false -lock=false -out=plan';

describe('deploy', () => {
  const approved = (...args: string[]) => run(deploy, [...args, '--auto-approve']);

  test('applies each stack after those that it needs, and says what became of each', async () => {
    terraform.answer({
      [CONSUMER]: {
        apply: { lines: [says.done('create', 'aws_iam_role.execution_role'), says.summary(1)] },
      },
      [PRODUCER]: { apply: { lines: [says.done('update', TABLE), says.summary(0, 1)] } },
    });
    expect(await approved()).toEqual({
      code: 0,
      stdout: `${CONSUMER}: aws_iam_role.execution_role added
${CONSUMER}: done: 1 added
${PRODUCER}: ${TABLE} changed
${PRODUCER}: done: 1 changed
${SUBSCRIPTION}: done: nothing to change
done       ${CONSUMER}  1 added
done       ${PRODUCER}  1 changed
done       ${SUBSCRIPTION}  nothing to change
`,
      stderr: '',
    });
    expect(terraform.calls).toEqual(
      [CONSUMER, PRODUCER, SUBSCRIPTION].flatMap((id) => [
        `${id} ${INIT}`,
        `${id} ${APPLY} -auto-approve`,
      ]),
    );
  });

  test('initializes a stack only where its configuration has changed', async () => {
    await approved();
    terraform.answer({});
    await approved();
    expect(terraform.calls.filter((call) => call.includes(' init '))).toEqual([]);
    write({ 'state.bucket': 'another-bucket' });
    await approved(CONSUMER);
    expect(terraform.calls).toContain(`${CONSUMER} ${INIT}`);
  });

  test('initializes again for another program', async () => {
    await approved(CONSUMER);
    terraform.answer({});
    const { env } = terraform;
    const tofu = path.join(folder, 'tofu');
    symlinkSync(env.TERRAFORM_BINARY_NAME ?? '', tofu);
    await run(deploy, [CONSUMER, '--auto-approve'], {
      env: { ...env, TERRAFORM_BINARY_NAME: tofu },
    });
    rmSync(tofu);
    expect(terraform.calls).toContain(`${CONSUMER} ${INIT}`);
  });

  test('takes ids and patterns', async () => {
    await approved('producer-*', CONSUMER);
    expect(terraform.calls.filter((call) => call.includes(' apply '))).toEqual([
      `${CONSUMER} ${APPLY} -auto-approve`,
      `${PRODUCER} ${APPLY} -auto-approve`,
    ]);
  });

  test('of stacks that fail says why, skips what needs them, and what repeats them', async () => {
    write({ 'producers.returns': producer('Returns') });
    terraform.answer({
      [PRODUCER]: {
        apply: { lines: [says.error('creating Table: AccessDenied', '', TABLE)], fails: true },
      },
    });
    expect(await approved()).toEqual({
      code: 1,
      stdout: expect.stringContaining(`done       producer-returns  nothing to change
failed     ${PRODUCER}  ${TABLE}: creating Table: AccessDenied
skipped    ${SUBSCRIPTION}  since ${PRODUCER} failed
To repeat what is left: npm run deploy -- ${PRODUCER} ${SUBSCRIPTION}
`),
      stderr: '',
    });
  });

  describe('of stacks whose predecessors are not deployed names these, also in the repetition', () => {
    const missing = (id: string) =>
      says.error(
        'Unable to find remote state',
        'No stored state was found for the given workspace in the given backend.',
        `data.terraform_remote_state.${id.replaceAll('-', '_')}`,
      );
    const fails = { lines: [missing(CONSUMER), missing(PRODUCER)], fails: true };
    const failed = `failed     ${SUBSCRIPTION}  waits for ${CONSUMER} to be deployed`;
    const all = `${CONSUMER} ${PRODUCER} ${SUBSCRIPTION}`;

    test('which it applies', async () => {
      terraform.answer({ [SUBSCRIPTION]: { apply: fails } });
      expect(await approved(SUBSCRIPTION)).toEqual({
        code: 1,
        stdout: `${SUBSCRIPTION}: failed: waits for ${CONSUMER} to be deployed
${SUBSCRIPTION}: failed: waits for ${PRODUCER} to be deployed
${failed}; waits for ${PRODUCER} to be deployed
To repeat what is left: npm run deploy -- ${all}
`,
        stderr: '',
      });
    });

    test('whose saved plans could not be made', async () => {
      terraform.answer({ [SUBSCRIPTION]: { plan: fails } });
      await run(plan, [SUBSCRIPTION, '--out', 'plan.out']);
      expect((await run(deploy, ['--plans', 'plan.out'])).stdout).toContain(
        `${failed}\nTo plan again what is left: npm run plan -- ${CONSUMER} ${SUBSCRIPTION} --out <folder>\n`,
      );
    });

    test('or have other outputs', async () => {
      const address = `data.terraform_remote_state.producer_orders`;
      const other = says.error('Resource postcondition failed', 'The output …', address);
      terraform.answer({ [SUBSCRIPTION]: { apply: { lines: [other], fails: true } } });
      expect((await approved(SUBSCRIPTION)).stdout).toContain(
        `${address}: Resource postcondition failed: The output …\nTo repeat what is left: npm run deploy -- ${PRODUCER} ${SUBSCRIPTION}\n`,
      );
    });
  });

  test('says of a mapping that takes long whose statement may be missing, and a long reason once', async () => {
    const arn =
      'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
    write({ 'producers.orders': { existingStream: { arn } } });
    const addr = 'aws_lambda_event_source_mapping.event_source_mapping';
    const hook = { action: 'create', resource: { addr }, elapsed_seconds: 60 };
    const refused = says.error(`creating Mapping: Cannot access stream ${arn}.`, '', addr);
    const lines = [{ type: 'apply_progress', hook }, refused];
    terraform.answer({ [SUBSCRIPTION]: { apply: { lines, fails: true } } });
    const may = `the function's role may not read ${arn} yet; `;
    expect((await approved()).stdout.split('\n').slice(1, -2)).toEqual([
      `${SUBSCRIPTION}: ${addr} is being added, 60 s: others may not have added producer_statement yet`,
      expect.stringContaining(`${SUBSCRIPTION}: failed: ${may}the owner of the stream must add`),
      `done       ${CONSUMER}  nothing to change`,
      `failed     ${SUBSCRIPTION}  ${may}what to do is said above`,
    ]);
  });

  test('says what terraform init says of a failure', async () => {
    const text =
      '╷\n│ Error: Failed to query available provider packages\n│ \n│ Could not retrieve the list.\n╵';
    terraform.answer({ [CONSUMER]: { init: { lines: [text], fails: true } } });
    expect((await approved(CONSUMER)).stdout).toContain(
      `failed     ${CONSUMER}  Failed to query available provider packages Could not retrieve the list.\n`,
    );
  });

  test.each<[string, Record<string, Answer>, string]>([
    ['an init that says nothing', { init: { fails: true } }, 'init ended with exit code 1'],
    ['an apply that says nothing', { apply: { fails: true } }, 'apply ended with exit code 1'],
    [
      'an apply that fails with a text',
      { apply: { lines: ['Usage:', '  terraform', '', 'more'], fails: true } },
      'apply ended with exit code 1: Usage: terraform',
    ],
    [
      'an apply that does nothing',
      { apply: { lines: ['hello'], isCut: true } },
      'apply cannot be read: hello',
    ],
  ])('fails at %s, with a reason', async (_, answers, reason) => {
    terraform.answer({ [CONSUMER]: answers });
    write({ name: 'again' });
    const { code, stdout } = await approved(CONSUMER);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining(`\nfailed     ${CONSUMER}  ${PROGRAM} ${reason}\n`),
    });
  });

  test('names stacks that are deployed and that the topology lacks', async () => {
    states.mockResolvedValue({ found: [], removed: ['producer-old'] });
    expect((await approved()).stdout).toContain(
      'removed    producer-old  deployed, and not in the topology; npm run destroy -- --from <a commit that has it>\n',
    );
  });

  test('says why it cannot know of them', async () => {
    states.mockRejectedValue(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    expect((await approved()).stderr).toBe(
      's3://example-terraform-state/orders/ cannot be listed (AccessDenied: no): of stacks that are no longer in the topology none is shown\n',
    );
  });

  test('on a terminal asks once for all, after the plan, and applies what was planned', async () => {
    terraform.answer({
      [CONSUMER]: {
        plan: {
          lines: [
            says.plan('create', 'aws_iam_role.execution_role'),
            says.outputs({ role_arn: 'create' }),
          ],
        },
      },
    });
    const { questions, ...world } = terminal('yes');
    const { code, stdout } = await run(deploy, [], world);
    expect(existsSync(`cdktf.out/stacks/${CONSUMER}/plan`)).toBe(false);
    expect({ code, questions }).toEqual({
      code: 0,
      questions: ['Deploy this? Only "yes" is taken: '],
    });
    expect(stdout).toContain(`added      ${CONSUMER}  1: aws_iam_role.execution_role`);
    expect(terraform.calls.filter((call) => / (plan|apply) /.test(call))).toEqual([
      `${CONSUMER} ${PLAN}`,
      `${CONSUMER} ${APPLY} plan`,
      `${PRODUCER} ${APPLY} -auto-approve`,
      `${SUBSCRIPTION} ${APPLY} -auto-approve`,
    ]);
  });

  test('with another answer changes nothing', async () => {
    terraform.answer({ [CONSUMER]: { plan: { lines: [says.plan('create', 'a.b')] } } });
    const { code, stdout } = await run(deploy, [], terminal('y'));
    expect({ code, end: stdout.split('\n').at(-2) }).toEqual({
      code: 1,
      end: 'Nothing was changed',
    });
    expect(terraform.calls.filter((call) => call.includes(' apply '))).toEqual([]);
  });

  test.each<[string, string[], string]>([
    [
      'without a terminal and without approval',
      [],
      'npm run deploy: there is no terminal to ask for approval; add --auto-approve, or --plans with what npm run plan saved',
    ],
    [
      'a stack that is not there',
      ['consumer-x', '--auto-approve'],
      'no stack is consumer-x; npm run stacks lists them',
    ],
    ...['0', '1e1', '0x2', '10000'].map((number): [string, string[], string] => [
      `${number} stacks at once`,
      ['--parallelism', number, '--auto-approve'],
      `--parallelism must be a number from 1 to 9999, got ${number}`,
    ]),
    [
      'a number of stacks with a space',
      ['--parallelism', ' 2', '--auto-approve'],
      "--parallelism must be a number from 1 to 9999, got ' 2'",
    ],
    [
      'plans that are not there',
      ['--plans', 'nowhere'],
      '--plans: nowhere is not there; npm run plan -- --out writes it',
    ],
  ])('refuses %s, before anything is started', async (_, args, message) => {
    expect(await run(deploy, args)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
    expect(terraform.calls).toEqual([]);
  });

  test('refuses to start where an app of the user adds to the stacks', async () => {
    writeFileSync('cdktf.json', '{ "app": "npx tsx app.ts" }');
    const { code, stderr } = await run(deploy, ['--auto-approve']);
    rmSync('cdktf.json');
    expect({ code, last: stderr.split('\n').at(-2) }).toEqual({
      code: 1,
      last: 'npm run deploy: cdktf.json has another app, which is not run here; use npx --no-install cdktf deploy, diff and destroy',
    });
    expect(terraform.calls).toEqual([]);
  });

  test.each(RUN)('$1 refuses to start while another command runs there', async (command) => {
    mkdirSync('cdktf.out');
    writeFileSync('cdktf.out/.synth.lock', String(process.ppid));
    expect(
      await run(
        command,
        ['*', '--auto-approve'].slice(0, command === plan || command === drift ? 1 : 2),
      ),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'another command runs in cdktf.out; run one at a time for a folder. If none runs, delete cdktf.out/.synth.lock\n',
    });
    expect(readdirSync('cdktf.out')).toEqual(['.synth.lock']);
    expect(terraform.calls).toEqual([]);
  });

  test('refuses to start where a variable of Terraform’s would change what is run', async () => {
    const names = [
      'WORKSPACE',
      'DATA_DIR',
      ...['', '_plan', '_apply', '_destroy', '_show'].map((of) => `CLI_ARGS${of}`),
    ];
    const variables = Object.fromEntries(names.map((name) => [`TF_${name}`, 'x']));
    const env = { ...terraform.env, ...variables, TF_CLI_ARGS_init: 'x', TF_LOG: 'debug' };
    const why = 'its arguments would change what is planned and applied';
    expect(await run(deploy, ['--auto-approve'], { env })).toEqual({
      code: 1,
      stdout: '',
      stderr: `TF_WORKSPACE is set; unset it: the stacks have their states in the default workspace
TF_DATA_DIR is set; unset it: each stack has its own .terraform
TF_CLI_ARGS is set; unset it: ${why}
TF_CLI_ARGS_plan is set; unset it: ${why}
TF_CLI_ARGS_apply is set; unset it: ${why}
TF_CLI_ARGS_destroy is set; unset it: ${why}
TF_CLI_ARGS_show is set; unset it: ${why}
`,
    });
    expect(existsSync('cdktf.out')).toBe(false);
  });

  test.each([
    ['', 'TERRAFORM_BINARY_NAME is empty; set it to terraform or tofu, or unset it'],
    ...['true', 'false', 'echo'].map((program) => [
      program,
      `${program} is neither Terraform nor OpenTofu; set TERRAFORM_BINARY_NAME to one of them`,
    ]),
  ])('refuses to start with the program "%s"', async (program, message) => {
    const env = { ...terraform.env, TERRAFORM_BINARY_NAME: program };
    const outcome = await run(deploy, ['--auto-approve'], { env });
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  });

  test('refuses files that were not synthesized, and another workspace, before anything is run', async () => {
    await approved();
    terraform.answer({});
    const stack = `cdktf.out/stacks/${PRODUCER}`;
    const files = ['extra.tf', 'terraform.tfvars', 'x.auto.tfvars', 'x_override.tf.json'];
    for (const file of files) writeFileSync(`${stack}/${file}`, '');
    for (const file of ['errored.tfstate', 'terraform.tfstate'])
      writeFileSync(`${stack}/${file}`, '');
    writeFileSync(`${stack}/.terraform/environment`, 'other');
    const lines = files.map((file) => `${stack}/${file} was not synthesized; delete it\n`);
    expect(await approved()).toEqual({
      code: 1,
      stdout: '',
      stderr: `${lines.join('')}${stack}/.terraform/environment selects another workspace; delete it\n`,
    });
    expect(terraform.calls).toEqual([]);
  });

  test('holds the lock of the folder until it ends, also at the question', async () => {
    terraform.answer({ [CONSUMER]: { plan: { lines: [says.plan('create', 'a.b')] } } });
    const owners: string[] = [];
    const ask = async () => {
      owners.push(readFileSync('cdktf.out/.synth.lock', 'utf8'));
      return 'no';
    };
    await run(deploy, [], { terminal: { ask } });
    expect(owners).toEqual([String(process.pid)]);
    expect(existsSync('cdktf.out/.synth.lock')).toBe(false);
  });

  test('refuses to start without Terraform', async () => {
    const { PATH } = process.env;
    const env = { PATH, TERRAFORM_BINARY_NAME: 'no-terraform' };
    expect(await run(deploy, ['--auto-approve'], { env })).toMatchObject({
      code: 1,
      stderr:
        'spawn no-terraform ENOENT; install Terraform 1.10 or later, or set TERRAFORM_BINARY_NAME=tofu\n',
    });
  });
});

describe('an interrupt', () => {
  async function interrupted(waits: number, ...signals: (NodeJS.Signals | 'later')[]) {
    return whileRuns('apply', waits, run(deploy, ['--auto-approve']), signals);
  }

  async function whileRuns(
    what: string,
    waits: number,
    running: ReturnType<typeof run>,
    signals: readonly (NodeJS.Signals | 'later')[],
  ) {
    terraform.answer({ [CONSUMER]: { [what]: { waits } } });
    while (!terraform.calls.some((call) => call.includes(` ${what} `))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const signal of signals) {
      if (signal === 'later') await new Promise((resolve) => setTimeout(resolve, 1_100));
      else process.emit(signal, signal);
    }
    const { code, stdout } = await running;
    return { code, stdout, signals: terraform.calls.filter((call) => /SIG/.test(call)) };
  }

  test('reaches Terraform once, however often it comes at once, and no further stack begins', async () => {
    const { code, stdout, signals } = await interrupted(1, 'SIGINT', 'SIGINT', 'SIGTERM');
    expect({ code, signals }).toEqual({ code: 130, signals: [`${CONSUMER} SIGINT`] });
    expect(stdout).toContain(
      `failed     ${CONSUMER}  interrupted; a repetition goes on from there\n`,
    );
    expect(stdout).toContain(
      'Stopping: Terraform ends what it has begun, writes the state and frees its lock.',
    );
    expect(stdout).toContain(
      `stopped    ${PRODUCER}  not begun\nstopped    ${SUBSCRIPTION}  not begun\n`,
    );
    expect(terraform.calls.filter((call) => call.includes(PRODUCER))).toEqual([]);
  });

  test('by Ctrl-C again says what it costs, and reaches Terraform again', async () => {
    const { code, stdout, signals } = await interrupted(2, 'SIGINT', 'later', 'SIGTERM', 'SIGINT');
    expect({ code, signals }).toEqual({ code: 130, signals: Array(2).fill(`${CONSUMER} SIGINT`) });
    expect(stdout).toContain(
      'Ending Terraform at once: what it was creating may exist in AWS and in no state, and locks may stay; docs/repair.md\n',
    );
  });

  test('of the plan before the question asks nothing', async () => {
    const { questions, ...world } = terminal('yes');
    const outcome = await whileRuns('plan', 1, run(deploy, [], world), ['SIGINT']);
    expect({ code: outcome.code, questions }).toEqual({ code: 130, questions: [] });
  });

  test('by SIGTERM is the same to Terraform', async () => {
    expect(await interrupted(1, 'SIGTERM')).toMatchObject({
      code: 143,
      signals: [`${CONSUMER} SIGINT`],
    });
  });
});

describe('plan', () => {
  const EVERYTHING = {
    [CONSUMER]: {
      plan: {
        lines: [
          says.plan('update', 'aws_lambda_function.processor'),
          says.outputs({ function_arn: 'noop' }),
        ],
      },
      show: {
        lines: [
          {
            resource_changes: [
              {
                address: 'aws_lambda_function.processor',
                change: {
                  before: { memory_size: 128, runtime: 'nodejs22.x' },
                  after: { memory_size: 256, runtime: 'nodejs22.x' },
                  after_unknown: { last_modified: true },
                },
              },
            ],
          },
        ],
      },
    },
    [PRODUCER]: {
      plan: {
        lines: [
          says.plan('replace', TABLE),
          says.plan('delete', 'aws_dynamodb_tag.table_tag_Team'),
          says.plan('create', 'aws_kms_key.table_key'),
          says.plan('create', 'aws_kms_alias.table_key_alias'),
          says.outputs({ stream_arn: 'update' }),
        ],
      },
      show: {
        lines: [
          {
            resource_changes: [
              {
                address: TABLE,
                change: { before: {}, after: {}, replace_paths: [['hash_key'], ['attribute', 0]] },
              },
            ],
          },
        ],
      },
    },
  };

  const planSectionOf = (total: string) => `## What will a deploy change?

**${total}**

|  | stack | resource | by |
| --- | --- | --- | --- |
| **replaced** | \`${PRODUCER}\` | \`${TABLE}\` | \`hash_key\`, \`attribute\` |
| **destroyed** | \`${PRODUCER}\` | \`aws_dynamodb_tag.table_tag_Team\` |  |

|  | stack | resource | by |
| --- | --- | --- | --- |
| changed | \`${CONSUMER}\` | \`aws_lambda_function.processor\` | \`memory_size\` |

| added to |  | resources |
| --- | --- | --- |
| \`${PRODUCER}\` | 2 resources | \`aws_kms_alias.table_key_alias\`, \`aws_kms_key.table_key\` |

| not planned | why |
| --- | --- |
| \`${SUBSCRIPTION}\` | after: waits for ${PRODUCER} to be deployed; has 5 resources |
| \`producer-old\` | deployed, and not in the topology; stays until \`npm run destroy -- --from <a commit that has it>\` |
`;

  test('shows first what is lost, and stacks that cannot be planned yet', async () => {
    terraform.answer(EVERYTHING);
    expect(await run(plan, [])).toEqual({
      code: 2,
      stdout: `replaced   ${PRODUCER}  ${TABLE} (hash_key, attribute)
destroyed  ${PRODUCER}  aws_dynamodb_tag.table_tag_Team
changed    ${CONSUMER}  aws_lambda_function.processor (memory_size)
added      ${PRODUCER}  2: aws_kms_alias.table_key_alias, aws_kms_key.table_key
after      ${SUBSCRIPTION}  waits for ${PRODUCER} to be deployed; has 5 resources
Plan: 1 replaced, 1 destroyed, 1 changed, 2 added in 2 of 3 stacks, 1 after others
`,
      stderr: '',
    });
    expect(terraform.calls).not.toContain(`${SUBSCRIPTION} ${PLAN}`);
  });

  test('saves it, as Terraform’s plans, as JSON and as Markdown; deploy applies exactly that', async () => {
    terraform.answer(EVERYTHING);
    states.mockResolvedValue({ found: [], removed: ['producer-old'] });
    await run(plan, ['--out', 'plan.out']);
    expect(readdirSync('plan.out', { recursive: true }).sort()).toEqual([
      'plan.json',
      'plan.md',
      'stacks',
      ...[CONSUMER, PRODUCER].flatMap((id) =>
        ['', '/.terraform.lock.hcl', '/plan'].map((file) => `stacks/${id}${file}`),
      ),
    ]);
    const total =
      '1 replaced, 1 destroyed, 1 changed, 2 added in 2 of 3 stacks, 1 after others, 1 removed from the topology';
    expect(readFileSync('plan.out/plan.md', 'utf8')).toBe(planSectionOf(total));
    expect(JSON.parse(readFileSync('plan.out/plan.json', 'utf8'))).toMatchObject({
      total:
        '1 replaced, 1 destroyed, 1 changed, 2 added in 2 of 3 stacks, 1 after others, 1 removed from the topology',
      stacks: [
        { id: CONSUMER, account: '111122223333', status: 'planned', outputs: [] },
        { id: PRODUCER, account: '444455556666', status: 'planned', outputs: ['stream_arn'] },
        { id: SUBSCRIPTION, status: 'after', after: PRODUCER, resources: 5 },
      ],
      removed: ['producer-old'],
    });

    terraform.answer({
      [SUBSCRIPTION]: {
        plan: {
          lines: [says.plan('create', 'aws_lambda_event_source_mapping.event_source_mapping')],
        },
      },
    });
    expect(await run(deploy, ['--plans', 'plan.out'])).toMatchObject({ code: 0, stderr: '' });
    expect(terraform.calls.filter((call) => !call.includes(' init '))).toEqual([
      `${CONSUMER} ${APPLY} plan`,
      `${PRODUCER} ${APPLY} plan`,
      `${SUBSCRIPTION} ${PLAN}`,
      `${SUBSCRIPTION} ${APPLY} plan`,
    ]);
  });

  test('what a stale plan leaves is planned again, but for stacks without changes', async () => {
    terraform.answer({ [CONSUMER]: EVERYTHING[CONSUMER] });
    await run(plan, ['--out', 'plan.out']);
    const stale = says.error('Saved plan is stale');
    terraform.answer({ [CONSUMER]: { apply: { lines: [stale], fails: true } } });
    const { code, stdout } = await run(deploy, ['--plans', 'plan.out']);
    expect(code).toBe(1);
    expect(stdout).toContain(`skipped    ${PRODUCER}  since ${CONSUMER} failed
skipped    ${SUBSCRIPTION}  since ${CONSUMER} failed
To plan again what is left: npm run plan -- ${CONSUMER} --out <folder>
`);
  });

  describe('deploy with saved plans refuses', () => {
    beforeEach(async () => {
      terraform.answer(EVERYTHING);
      await run(plan, ['--out', 'plan.out']);
    });

    test('a stack without a plan that would do more than add', async () => {
      terraform.answer({
        [SUBSCRIPTION]: {
          plan: { lines: [says.plan('replace', 'a.b'), says.plan('create', 'a.c')] },
          show: { lines: [{}] },
        },
      });
      const { code, stdout } = await run(deploy, ['--plans', 'plan.out']);
      expect(code).toBe(1);
      expect(stdout).toContain(
        `failed     ${SUBSCRIPTION}  it could not be planned before, and now does more than add; plan again: a.b replaced\n`,
      );
      expect(terraform.calls.filter((call) => call.startsWith(`${SUBSCRIPTION} apply`))).toEqual(
        [],
      );
    });

    test('a state that moved on', async () => {
      terraform.answer({
        [CONSUMER]: {
          apply: { lines: [says.error('Saved plan is stale', 'The given plan…')], fails: true },
        },
      });
      expect((await run(deploy, ['--plans', 'plan.out'])).stdout).toContain(
        `failed     ${CONSUMER}  the state moved on after the plan was made: plan again, and read what is different\nskipped    ${PRODUCER}  since ${CONSUMER} failed\n`,
      );
    });

    test('another topology than the one that was planned, before anything is applied', async () => {
      write({ 'consumers.process-orders.function.memorySize': 512 });
      terraform.answer({});
      expect(await run(deploy, ['--plans', 'plan.out'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `--plans: ${CONSUMER} has another configuration than the one that was planned; plan again\n`,
      });
      expect(terraform.calls).toEqual([]);
    });

    test('a plan without Terraform’s files, also where a run that was killed left one', async () => {
      rmSync('plan.out/stacks', { recursive: true });
      terraform.answer({});
      writeFileSync(`cdktf.out/stacks/${CONSUMER}/plan`, 'a plan to destroy');
      const lines = [CONSUMER, PRODUCER].map(
        (id) =>
          `--plans: ${id} has changes, and plan.out/stacks/${id} lacks Terraform's plan; plan.json alone is for --approved\n`,
      );
      expect(await run(deploy, ['--plans', 'plan.out'])).toEqual({
        code: 1,
        stdout: '',
        stderr: lines.join(''),
      });
      expect(existsSync(`cdktf.out/stacks/${CONSUMER}/plan`)).toBe(false);
      expect(terraform.calls).toEqual([]);
    });

    test('another plan of Terraform’s than the one that was saved, before anything is applied', async () => {
      writeFileSync(`plan.out/stacks/${PRODUCER}/plan`, 'a plan to destroy');
      terraform.answer({});
      expect(await run(deploy, ['--plans', 'plan.out'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `--plans: plan.out/stacks/${PRODUCER} is not what plan.json was saved with; plan again\n`,
      });
      expect(terraform.calls).toEqual([]);
    });

    test('what is no plan', async () => {
      writeFileSync('plan.out/plan.json', '{}');
      expect((await run(deploy, ['--plans', 'plan.out'])).stderr).toBe(
        '--plans: plan.out/plan.json is not what npm run plan -- --out writes; plan again\n',
      );
    });
  });

  describe('review with saved plans', () => {
    const reviewed = async (...args: string[]) => run(review, ['--plans', 'plans', ...args]);
    const planned = (shard: string, out: string) =>
      run(plan, ['--shard', shard, '--out', `plans/${out}`]);

    const changePlan = (name: string, change: (saved: { stacks: object[] }) => void) => {
      const file = `plans/${name}/plan.json`;
      const saved = JSON.parse(readFileSync(file, 'utf8'));
      change(saved);
      writeFileSync(file, JSON.stringify(saved));
    };

    beforeEach(async () => {
      terraform.answer(EVERYTHING);
      states.mockResolvedValue({ found: [], removed: ['producer-old'] });
      await planned('2/2', 'b');
      await planned('1/2', 'a');
    });
    afterEach(() => rmSync('plans', { recursive: true }));

    test('has those of all shards after its questions, as one plan', async () => {
      expect(await reviewed()).toMatchObject({ code: 0, stderr: '' });
      const report = readFileSync('review.out/review.md', 'utf8');
      const total =
        '1 replaced, 1 destroyed, 1 changed, 2 added in 2 of 3 stacks, 1 after others, 1 removed from the topology';
      expect(report).toContain(
        `| [What will a deploy change?](#what-will-a-deploy-change) | ${total} |\n`,
      );
      const section = report.slice(report.indexOf('## What will a deploy change?'));
      expect(section).toBe(planSectionOf(total));
      expect(readFileSync('review.out/review.html', 'utf8')).toContain(
        '<h2><a href="#what-will-a-deploy-change">What will a deploy change?</a></h2>',
      );
    });

    test('names stacks that were not asked for', async () => {
      await run(plan, [PRODUCER, '--shard', '2/2', '--out', 'plans/b']);
      expect(await reviewed()).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync('review.out/review.md', 'utf8')).toContain(
        `\n1 stack not asked for, by \`--changed-since\` or by name, and not planned: \`${SUBSCRIPTION}\`\n`,
      );
    });

    test('has them as well where the stacks were synthesized before', async () => {
      expect(await reviewed('--from', 'cdktf.out', '--after-init')).toMatchObject({ code: 0 });
    });

    test('refuses half a file of a stack that was synthesized before', async () => {
      writeFileSync(`cdktf.out/stacks/${CONSUMER}/cdk.tf.json`, '{"a":');
      expect((await reviewed('--from', 'cdktf.out', '--after-init')).stderr).toContain(
        `--plans: ${CONSUMER} has another configuration than the one that was planned; plan again\n`,
      );
    });

    test('says why a stack could not be planned', async () => {
      terraform.answer({
        [PRODUCER]: { plan: { lines: [says.error('AccessDenied', 'not allowed')], fails: true } },
      });
      await planned('2/2', 'b');
      await reviewed();
      const report = readFileSync('review.out/review.md', 'utf8');
      expect(report).toContain(`| \`${PRODUCER}\` | failed: AccessDenied: not allowed |`);
      expect(report).toContain(`| \`${SUBSCRIPTION}\` | skipped: since ${PRODUCER} failed |`);
    });

    test('deploys what several folders have', async () => {
      expect(await run(deploy, ['--plans', 'plans'])).toMatchObject({ code: 0, stderr: '' });
      expect(terraform.calls.filter((call) => call.includes(' apply '))).toEqual([
        `${CONSUMER} ${APPLY} plan`,
        `${PRODUCER} ${APPLY} plan`,
        `${SUBSCRIPTION} ${APPLY} plan`,
      ]);
    });

    test.each<[string, () => void, string[]]>([
      [
        'a folder that is not there',
        () => renameSync('plans', 'elsewhere'),
        ['plans is not there; npm run plan -- --out writes it'],
      ],
      [
        'a folder without plans',
        () => ['a', 'b'].map((name) => rmSync(`plans/${name}/plan.json`)),
        ['plans has no plan.json; npm run plan -- --out writes it'],
      ],
      [
        'a shard that is not there',
        () => rmSync('plans/a', { recursive: true }),
        ['the plan of shard 1/2 is not in plans'],
      ],
      ...['zzz', '0/-1', '1/4000000'].map((shard): [string, () => void, string[]] => [
        `the shard ${shard}`,
        () => changePlan('b', (saved) => Object.assign(saved, { shard })),
        ['plans/b/plan.json is not what npm run plan -- --out writes; plan again'],
      ]),
      [
        'most shards missing',
        () => changePlan('b', (saved) => Object.assign(saved, { shard: '1/9999' })),
        ['the plan of shard 2/2, 2/9999, 3/9999 and 9996 more is not in plans'],
      ],
      [
        'a stack that two plans have',
        () => cpSync('plans/a', 'plans/c', { recursive: true }),
        [`${CONSUMER} was planned twice; plan again`],
      ],
      [
        'what is no plan',
        () => writeFileSync('plans/b/plan.json', '{}'),
        ['plans/b/plan.json is not what npm run plan -- --out writes; plan again'],
      ],
      [
        'those of another topology',
        () => write({ name: 'others' }),
        ['a', 'b'].map(
          (part) => `plans/${part}/plan.json is of the topology orders, not of others; plan again`,
        ),
      ],
      [
        'those of other stacks',
        () => {
          write({ 'consumers.process-orders.function.memorySize': 512 });
          const text = readFileSync('plans/b/plan.json', 'utf8');
          writeFileSync(
            'plans/b/plan.json',
            text.replace(`"id": "${PRODUCER}"`, '"id": "producer-sold"'),
          );
        },
        [
          `${CONSUMER} has another configuration than the one that was planned; plan again`,
          'producer-sold is not in the topology; plan again',
        ],
      ],
      [
        'no stacks',
        () => changePlan('b', (saved) => Object.assign(saved, { stacks: [] })),
        [`the plans in plans say nothing of ${PRODUCER}, ${SUBSCRIPTION}; plan again`],
      ],
      [
        'a stack that is taken out',
        () => changePlan('b', ({ stacks }) => stacks.pop()),
        [`the plans in plans say nothing of ${SUBSCRIPTION}; plan again`],
      ],
    ])('refuses %s, and says so where the plan would be', async (_, change, lines) => {
      change();
      const { code, stdout, stderr } = await reviewed();
      expect([code, stdout]).toEqual([1, expect.stringMatching(/must stop a deployment/)]);
      expect(stderr.split('\n')).toEqual([...lines.map((line) => `--plans: ${line}`), '']);
      const report = readFileSync('review.out/review.md', 'utf8');
      expect(report.split('## What will a deploy change?')[1]).toMatch(
        /^\n\n\*\*there is no whole plan\*\*\n\n- /,
      );
      if (existsSync('elsewhere')) renameSync('elsewhere', 'plans');
    });
  });

  describe('deploy of what was approved elsewhere', () => {
    const approved = () => run(deploy, ['--approved', 'plan.out']);
    const applied = () => terraform.calls.filter((call) => call.includes(' apply '));

    beforeEach(async () => {
      terraform.answer(EVERYTHING);
      await run(plan, ['--out', 'plan.out', '--read-only']);
      rmSync('plan.out/stacks', { recursive: true });
    });

    test('of a stack that fails is repeated with the same approval', async () => {
      terraform.answer({
        ...EVERYTHING,
        [CONSUMER]: { ...EVERYTHING[CONSUMER], apply: { lines: [says.error('no')], fails: true } },
      });
      expect((await approved()).stdout).toContain(
        `To repeat what is left: npm run deploy -- ${CONSUMER} ${PRODUCER} ${SUBSCRIPTION} --approved plan.out\n`,
      );
    });

    test('plans again, and applies it where it is the same in any order', async () => {
      const [first, ...others] = EVERYTHING[PRODUCER].plan.lines;
      const lines = [...others, first ?? {}];
      terraform.answer({ ...EVERYTHING, [PRODUCER]: { ...EVERYTHING[PRODUCER], plan: { lines } } });
      expect(await approved()).toMatchObject({ code: 0, stderr: '' });
      expect(applied()).toEqual([
        `${CONSUMER} ${APPLY} plan`,
        `${PRODUCER} ${APPLY} plan`,
        `${SUBSCRIPTION} ${APPLY} plan`,
      ]);
    });

    test('goes on where a part is done already', async () => {
      terraform.answer({ [PRODUCER]: EVERYTHING[PRODUCER] });
      expect(await approved()).toMatchObject({ code: 0, stderr: '' });
      expect(applied()).not.toContain(`${CONSUMER} ${APPLY} plan`);
      expect(applied()).toContain(`${PRODUCER} ${APPLY} plan`);
    });

    test.each<[string, Parameters<StubTerraform['answer']>[0], string]>([
      [
        'another plan',
        {
          [CONSUMER]: EVERYTHING[CONSUMER],
          [PRODUCER]: { plan: { lines: [says.plan('delete', TABLE)] } },
        },
        PRODUCER,
      ],
      [
        'a stack that now does more than add',
        {
          [SUBSCRIPTION]: {
            plan: { lines: [says.plan('delete', 'a.b')] },
          },
        },
        SUBSCRIPTION,
      ],
      [
        'a stack that cannot be planned now',
        { [CONSUMER]: { plan: { lines: [says.error('AccessDenied', '')], fails: true } } },
        `${CONSUMER} has another plan than the one that was approved; plan again\n--approved: ${PRODUCER} has another plan than the one that was approved; plan again\n--approved: ${SUBSCRIPTION}`,
      ],
    ])('refuses %s, before anything is applied', async (_, answers, id) => {
      terraform.answer(answers);
      expect(await approved()).toMatchObject({
        code: 1,
        stderr: `--approved: ${id} has another plan than the one that was approved; plan again\n`,
      });
      expect(applied()).toEqual([]);
    });

    test('refuses a stack that was not planned then', async () => {
      await run(plan, [CONSUMER, '--out', 'plan.out']);
      expect((await approved()).stderr).toBe(
        `--approved: ${PRODUCER} has another plan than the one that was approved; plan again\n--approved: ${SUBSCRIPTION} has another plan than the one that was approved; plan again\n`,
      );
    });

    test('refuses another configuration', async () => {
      write({ 'consumers.process-orders.function.memorySize': 512 });
      expect((await approved()).stderr).toBe(
        `--approved: ${CONSUMER} has another configuration than the one that was planned; plan again\n`,
      );
    });
  });

  test('with --read-only assumes the roles that only read', async () => {
    const arn = (id: string, name: string) => `arn:aws:iam::${id}:role/${name}`;
    write({
      'state.roleArn': arn('111122223333', 'States'),
      'accounts.shop.deployRole': { arn: arn('444455556666', 'ci/Deploy'), externalId: 'x-1' },
      'accounts.shop.stateRoleArn': arn('111122223333', 'TerraformState-shop'),
    });
    const rolesOf = (id: string) =>
      readFileSync(`cdktf.out/stacks/${id}/cdk.tf.json`, 'utf8').match(/arn:[^"]*:role\/[^"]*/g);
    await run(plan, [PRODUCER, '--read-only']);
    const state = arn('111122223333', 'TerraformState-read');
    expect(rolesOf(PRODUCER)).toEqual(expect.arrayContaining([state]));
    expect(rolesOf(PRODUCER)).not.toContain(arn('444455556666', 'ci/Deploy'));
    expect(rolesOf(PRODUCER)).toContain(arn('444455556666', 'TerraformRead'));
    expect(rolesOf(PRODUCER)).not.toContain(arn('111122223333', 'TerraformState-shop'));
    expect(rolesOf(CONSUMER)).toEqual(expect.arrayContaining([state]));
    expect(states.mock.calls[0]?.[0].state.roleArn).toBe(state);
  });

  describe('refuses to save it', () => {
    const refused = async (out: string) => {
      const { code, stderr } = await run(plan, ['--out', out]);
      return { code, stderr, calls: terraform.calls };
    };
    beforeAll(() => writeFileSync('file', ''));
    beforeEach(() => mkdirSync('taken/keep', { recursive: true }));
    afterEach(() => rmSync('taken', { recursive: true }));

    test.each([
      ['over something else', '.', '--out must be a new folder or one of earlier plans, got .\n'],
      ['nowhere', '', '--out is empty; name a folder\n'],
      [
        'to a file',
        'file',
        "the plan cannot be written to file: EEXIST: file already exists, mkdir 'file'\n",
      ],
      [
        'below a file',
        'file/out',
        "the plan cannot be written to file/out: ENOTDIR: not a directory, mkdir 'file/out'\n",
      ],
    ])('%s, before anything is planned', async (_, out, stderr) => {
      expect(await refused(out)).toEqual({ code: 1, stderr, calls: [] });
    });

    test('over the plan.json of something else, which stays', async () => {
      writeFileSync('taken/plan.json', '{}');
      expect((await refused('taken')).stderr).toBe(
        '--out must be a new folder or one of earlier plans, got taken\n',
      );
      expect(readdirSync('taken')).toEqual(['keep', 'plan.json']);
    });

    test('where a file cannot be written', async () => {
      states.mockImplementation(async () => {
        mkdirSync('plan.out/plan.md');
        return NONE;
      });
      expect((await refused('plan.out')).stderr).toMatch(
        /^the plan cannot be written to plan.out: EISDIR: .*\n$/,
      );
    });

    test('and removes of earlier plans only what they wrote', async () => {
      rmSync('taken/keep', { recursive: true });
      terraform.answer(EVERYTHING);
      await run(plan, ['--out', 'taken']);
      mkdirSync('taken/keep');
      terraform.answer({});
      expect(await refused('taken')).toMatchObject({ code: 0, stderr: '' });
      expect(readdirSync('taken').sort()).toEqual(['keep', 'plan.json', 'plan.md']);
    });
  });

  const CHANGED = says.plan('update', TABLE);

  test.each<[string, Record<string, Answer>, string]>([
    [
      'without a summary',
      { plan: { lines: ['hello'], isCut: true } },
      'plan cannot be read: hello',
    ],
    [
      'with a change that is cut off',
      { plan: { lines: ['{"type":"planned'] } },
      'plan cannot be read: {"type":"planned',
    ],
    [
      'with a change of an unknown kind',
      { plan: { lines: [says.plan('melt', TABLE)] } },
      'plan cannot be read: {"type":"planned_change","change":{"action":"melt","resource":{"addr":"aws_dynamodb_table.table"}}}',
    ],
    [
      'with a change of no resource',
      { plan: { lines: [{ type: 'planned_change', change: { action: 'delete' } }] } },
      'plan cannot be read: {"type":"planned_change","change":{"action":"delete"}}',
    ],
    [
      'whose details are not JSON',
      { plan: { lines: [CHANGED] }, show: { lines: ['hello'] } },
      'show cannot be read: hello',
    ],
    [
      'whose details cannot be shown',
      { plan: { lines: [CHANGED] }, show: { lines: ['hello'], fails: true } },
      'show ended with exit code 1: hello',
    ],
  ])('fails %s', async (_, answers, reason) => {
    terraform.answer({ [PRODUCER]: answers });
    expect(await run(plan, [PRODUCER])).toMatchObject({
      code: 1,
      stdout: `failed     ${PRODUCER}  ${PROGRAM} ${reason}\nPlan: 1 failed in 1 stack\n`,
      stderr: '',
    });
  });

  test('is the same with a log of Terraform’s', async () => {
    terraform.answer(EVERYTHING);
    const { stdout } = await run(plan, [CONSUMER]);
    const env = { ...terraform.env, TF_LOG: 'JSON' };
    expect(await run(plan, [CONSUMER], { env })).toMatchObject({ code: 2, stdout, stderr: '' });
  });

  test('without changes ends with 0', async () => {
    expect(await run(plan, [])).toEqual({
      code: 0,
      stdout: 'Plan: no changes in 3 stacks\n',
      stderr: '',
    });
  });

  test('counts no stack whose outputs alone change among those with changed resources', async () => {
    const only = { plan: { lines: [says.outputs({ table_arn: 'update', region: 'create' })] } };
    terraform.answer({ [PRODUCER]: only });
    const line = `changed    ${PRODUCER}  outputs only: table_arn, region`;
    expect(await run(plan, ['--out', 'plan.out'])).toMatchObject({
      code: 2,
      stdout: `${line}\nPlan: outputs change in 1 of 3 stacks\n`,
    });
    expect(readFileSync('plan.out/plan.md', 'utf8')).toContain(
      `| only outputs change in | outputs |\n| --- | --- |\n| \`${PRODUCER}\` | \`table_arn\`, \`region\` |\n`,
    );
    const added = { plan: { lines: [says.plan('create', 'a.b')] } };
    terraform.answer({ [CONSUMER]: added, [PRODUCER]: only });
    expect((await run(plan, [])).stdout).toBe(
      `added      ${CONSUMER}  1: a.b\n${line}\nPlan: 1 added in 1 of 3 stacks, outputs change in 1\n`,
    );
  });

  test('of a stack alone whose predecessors are not deployed says so', async () => {
    const error = says.error(
      'Unable to find remote state',
      'No stored state was found.',
      'data.terraform_remote_state.producer_orders',
    );
    terraform.answer({ [SUBSCRIPTION]: { plan: { lines: [error], fails: true } } });
    expect(await run(plan, ['subscription-*'])).toMatchObject({
      code: 2,
      stdout: `after      ${SUBSCRIPTION}  waits for ${PRODUCER} to be deployed; has 5 resources\nPlan: no changes in 1 stack, 1 after others\n`,
    });
  });

  test('a forged state is an error, not a stack that waits', async () => {
    const error = says.error(
      'Resource postcondition failed',
      'The output stream_arn must be …',
      'data.terraform_remote_state.producer_orders',
    );
    terraform.answer({ [SUBSCRIPTION]: { plan: { lines: [error], fails: true } } });
    expect(await run(plan, [])).toMatchObject({
      code: 1,
      stdout: `failed     ${SUBSCRIPTION}  data.terraform_remote_state.producer_orders: Resource postcondition failed: The output stream_arn must be …\nPlan: 1 failed in 3 stacks\n`,
    });
  });
});

describe('drift', () => {
  const ROLE = 'aws_iam_role.execution_role';

  /** A change that is found in AWS. */
  const found = (address: string, before: object, after: object | null) => {
    const [type] = address.split('.');
    return { address, type, change: { before, after } };
  };

  const differs = (...resource_drift: ReturnType<typeof found>[]) => {
    const lines = resource_drift.map(({ address, change }) =>
      says.drift(change.after ? 'update' : 'delete', address),
    );
    const resources = [{ values: { role: 'Processor', name: 'streams' } }];
    const prior_state = { values: { root_module: { resources } } };
    terraform.answer({
      [CONSUMER]: { plan: { lines }, show: { lines: [{ resource_drift, prior_state }] } },
    });
  };

  test('shows what is changed or deleted in AWS', async () => {
    differs(
      found(ROLE, { description: 'a', tags: null }, { description: 'b', tags: {} }),
      found('aws_cloudwatch_log_group.log', { name: 'l' }, null),
    );
    states.mockResolvedValue({ found: [CONSUMER, PRODUCER], removed: ['consumer-old'] });
    expect(await run(drift, ['--out', 'drift.out'])).toEqual({
      code: 2,
      stdout: `destroyed  ${CONSUMER}  aws_cloudwatch_log_group.log
changed    ${CONSUMER}  ${ROLE} (description)
removed    consumer-old  deployed, and not in the topology; npm run destroy -- --from <a commit that has it>
In AWS: 1 destroyed, 1 changed in 1 of 2 stacks, 1 removed from the topology
`,
      stderr: '',
    });
    expect(readFileSync('drift.out/drift.md', 'utf8')).toBe(`## What differs in AWS?

**1 destroyed, 1 changed in 1 of 2 stacks, 1 removed from the topology**

|  | stack | resource | by |
| --- | --- | --- | --- |
| **destroyed** | \`${CONSUMER}\` | \`aws_cloudwatch_log_group.log\` |  |

|  | stack | resource | by |
| --- | --- | --- | --- |
| changed | \`${CONSUMER}\` | \`aws_iam_role.execution_role\` | \`description\` |

| not planned | why |
| --- | --- |
| \`consumer-old\` | deployed, and not in the topology; stays until \`npm run destroy -- --from <a commit that has it>\` |
`);
    expect(terraform.calls.filter((call) => call.includes(' plan '))).toEqual([
      `${CONSUMER} ${PLAN} -refresh-only`,
      `${PRODUCER} ${PLAN} -refresh-only`,
    ]);
  });

  test('before any deploy says that nothing is deployed', async () => {
    states.mockResolvedValue({ found: [], removed: [] });
    expect(await run(drift, [])).toEqual({
      code: 0,
      stdout: 'In AWS: nothing is deployed\n',
      stderr: '',
    });
  });

  const role = (...policies: string[]) => ({
    name: 'Processor',
    inline_policy: policies.map((name) => ({ name, policy: '{}' })),
  });

  const ENCRYPTION = 'aws_s3_bucket_server_side_encryption_configuration.e';
  const rule = (bucket_key_enabled: boolean | null, sse_algorithm = 'AES256') => {
    return { apply_server_side_encryption_by_default: [{ sse_algorithm }], bucket_key_enabled };
  };

  test.each([
    ['that was off and is on', 'enabled', false, true],
    ['that was on and is off', 'enabled', true, false],
    ['that is a number', 'batch_size', 100, 1],
    ['that is a text', 'starting_position', 'LATEST', 'TRIM_HORIZON'],
  ])('is a setting %s', async (_, name, before, after) => {
    const mapping = 'aws_lambda_event_source_mapping.m';
    differs(found(mapping, { [name]: before }, { [name]: after }));
    expect((await run(drift, [])).stdout).toContain(`changed    ${CONSUMER}  ${mapping} (${name})`);
  });

  test.each([
    ['another value', [rule(null, 'aws:kms')]],
    ['one block more', [rule(null), rule(true)]],
    ['no block', []],
  ])('is %s in a block', async (_, after) => {
    differs(found(ENCRYPTION, { rule: [rule(null)] }, { rule: after }));
    expect((await run(drift, [])).stdout).toContain(`changed    ${CONSUMER}  ${ENCRYPTION} (rule)`);
  });

  test.each<[string, ReturnType<typeof found>]>([
    ['was never recorded', found('aws_sns_topic.t', { tags: null }, { tags: { a: 'b' } })],
    [
      'was never recorded of a block',
      found(ENCRYPTION, { rule: [rule(null)] }, { rule: [rule(false)] }),
    ],
    ['AWS reports', found('aws_lambda_function.f', { last_modified: '1' }, { last_modified: '2' })],
    ['another resource sets', found('aws_sns_topic.t', { policy: '{}' }, { policy: '{ }' })],
    ['is a policy of the stack', found(ROLE, role('function'), role('streams'))],
  ])('is not what %s', async (_, change) => {
    differs(change);
    expect((await run(drift, [])).stdout).toBe('In AWS: no changes in 3 stacks\n');
  });

  test.each([
    ['inline_policy', role('streams', 'debug')],
    [
      'managed_policy_arns',
      { managed_policy_arns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    ],
  ])('is a policy in %s that the stack does not give its role', async (attribute, after) => {
    differs(found(ROLE, { name: 'Processor' }, { name: 'Processor', ...after }));
    expect((await run(drift, [])).stdout).toContain(
      `changed    ${CONSUMER}  ${ROLE} (${attribute})\n`,
    );
  });
});

describe('destroy', () => {
  const planned = (...addresses: string[]): Record<string, Answer> => ({
    plan: { lines: addresses.map((address) => says.plan('delete', address)) },
    apply: { lines: [says.summary(0, 0, addresses.length)] },
  });

  test('plans all before it destroys any, subscriptions first', async () => {
    terraform.answer({
      [CONSUMER]: planned('a.b'),
      [PRODUCER]: planned(TABLE),
      [SUBSCRIPTION]: planned('c.d'),
    });
    expect(await run(destroy, ['*', '--auto-approve'])).toEqual({
      code: 0,
      stdout: `destroyed  ${CONSUMER}  1: a.b
destroyed  ${PRODUCER}  1: ${TABLE}
destroyed  ${SUBSCRIPTION}  1: c.d
Plan: 3 destroyed in 3 of 3 stacks
${SUBSCRIPTION}: done: 1 destroyed
${PRODUCER}: done: 1 destroyed
${CONSUMER}: done: 1 destroyed
done       ${CONSUMER}  1 destroyed
done       ${PRODUCER}  1 destroyed
done       ${SUBSCRIPTION}  1 destroyed
`,
      stderr: '',
    });
    const calls = terraform.calls.filter((call) => !call.includes(' init '));
    expect(calls.slice(3)).toEqual(
      [SUBSCRIPTION, PRODUCER, CONSUMER].map((id) => `${id} ${APPLY} plan`),
    );
    expect(calls.slice(0, 3).sort()).toEqual(
      [CONSUMER, PRODUCER, SUBSCRIPTION].map((id) => `${id} ${PLAN} -destroy`),
    );
  });

  test('of a stack whose predecessors are gone already reads nothing of them', async () => {
    const error = says.error(
      'Resource postcondition failed',
      'The output stream_arn must be …',
      'data.terraform_remote_state.producer_orders',
    );
    terraform.answer({ [SUBSCRIPTION]: { plan: { lines: [error], fails: true } } });
    await run(destroy, [SUBSCRIPTION, '--auto-approve']);
    expect(terraform.calls.slice(1)).toEqual([
      `${SUBSCRIPTION} ${PLAN} -destroy`,
      `${SUBSCRIPTION} ${PLAN} -destroy -refresh=false`,
    ]);
  });

  test('of a protected table destroys nothing at all', async () => {
    terraform.answer({
      [PRODUCER]: {
        plan: {
          lines: [
            says.error(
              'Instance cannot be destroyed',
              'Resource aws_dynamodb_table.table has lifecycle.prevent_destroy set.',
            ),
          ],
          fails: true,
        },
      },
      [SUBSCRIPTION]: planned('c.d'),
    });
    const { code, stdout } = await run(destroy, ['*', '--auto-approve']);
    expect({ code, end: stdout.split('\n').at(-2) }).toEqual({
      code: 1,
      end: 'Nothing was destroyed',
    });
    expect(terraform.calls.filter((call) => call.includes(' apply '))).toEqual([]);
  });

  test('asks once on a terminal', async () => {
    terraform.answer({ [CONSUMER]: planned('a.b') });
    const { questions, ...world } = terminal('no');
    expect((await run(destroy, ['*'], world)).code).toBe(1);
    expect(questions).toEqual(['Destroy this? Only "yes" is taken: ']);
    expect(terraform.calls.filter((call) => call.includes(' apply '))).toEqual([]);
  });

  test.each<[string, string[], string]>([
    ['no stacks', ['--auto-approve'], "npm run destroy: name the stacks, or '*' for all of them"],
    [
      'without a terminal and without approval',
      ['*'],
      'npm run destroy: there is no terminal to ask for approval; add --auto-approve',
    ],
  ])('refuses %s', async (_, args, message) => {
    expect(await run(destroy, args, { name: 'destroy' })).toEqual({
      code: 1,
      stdout: '',
      stderr: `${message}\n`,
    });
  });
});

describe('since a commit', () => {
  const git = (...args: string[]) => gitIn('.', ...args);
  const ids = async (...args: string[]) => {
    const { stdout, stderr } = await run(stacks, args);
    return [
      ...stdout
        .trim()
        .split('\n')
        .map((line) => line.split('  ')[2]),
      ...(stderr ? [stderr] : []),
    ];
  };

  beforeAll(() => {
    write({ 'producers.returns': producer('Returns') });
    writeFileSync('.gitignore', '*.out\nfile\n');
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'first');
  });
  afterAll(() => rmSync('.git', { recursive: true }));

  test.each<[string, Overrides, string[]]>([
    ['of a new producer', { 'producers.refunds': producer('Refunds') }, ['producer-refunds']],
    ['of a mapping', { 'subscriptions[0].batchSize': 7 }, [SUBSCRIPTION]],
    [
      'of a table, with what reads its stream',
      { 'producers.orders.table.streamViewType': 'NEW_IMAGE' },
      [PRODUCER, SUBSCRIPTION],
    ],
    [
      'of a role, with what names it',
      { 'consumers.process-orders.role.name': 'Another' },
      [CONSUMER, PRODUCER],
    ],
    ['of memory, alone', { 'consumers.process-orders.function.memorySize': 512 }, [CONSUMER]],
  ])('only stacks of a change %s', async (_, overrides, expected) => {
    write({ 'producers.returns': producer('Returns'), ...overrides });
    expect(await ids('--changed-since', 'HEAD')).toEqual(expected);
  });

  describe('a stack that the topology lacks since', () => {
    const commit = () => git('rev-parse', '--short=12', 'HEAD').toString().trim();
    const planned = () => run(plan, ['--changed-since', 'HEAD']);

    test('is named with the commit that has it', async () => {
      states.mockResolvedValue({ ...NONE, removed: ['producer-returns', 'producer-old'] });
      expect(
        (await planned()).stdout,
      ).toBe(`removed    producer-returns  deployed, and not in the topology; npm run destroy -- --from ${commit()}
removed    producer-old  deployed, and not in the topology; npm run destroy -- --from <a commit that has it>
Plan: no changes in 0 stacks, 2 removed from the topology
`);
    });

    test('is named also where the states cannot be listed', async () => {
      states.mockRejectedValue(Object.assign(new Error('no'), { name: 'AccessDenied' }));
      const { stdout, stderr } = await planned();
      expect(stdout).toContain(`removed    producer-returns  deployed`);
      expect(stderr).toContain(
        `of stacks that are no longer in the topology only those of ${commit()} are shown\n`,
      );
    });
  });

  test('destroy --from removes what the topology lacks since, and keeps the rest', async () => {
    terraform.answer({ 'producer-returns': { plan: { lines: [says.plan('delete', TABLE)] } } });
    const { code, stdout } = await run(destroy, ['--from', 'HEAD', '--auto-approve']);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('done       producer-returns'),
    });
    expect(terraform.calls).toEqual([
      `producer-returns ${INIT}`,
      `producer-returns ${PLAN} -destroy`,
      `producer-returns ${APPLY} plan`,
    ]);
    expect(existsSync(`cdktf.out/stacks/${CONSUMER}`)).toBe(false);
  });

  test.each<[Command, string, string]>([
    [
      stacks,
      '--changed-since',
      '--changed-since: nowhere is not a commit, branch or tag of this repository; run git fetch\n',
    ],
    [
      destroy,
      '--from',
      '--from: nowhere is not a commit, branch or tag of this repository; run git fetch\n',
    ],
  ])('refuses a commit that is not there', async (command, option, message) => {
    expect(
      (
        await run(
          command,
          [option, 'nowhere', '--auto-approve'].slice(0, command === stacks ? 2 : 3),
        )
      ).stderr,
    ).toBe(message);
  });

  test('destroy --from refuses a commit that had the same stacks', async () => {
    write({ 'producers.returns': producer('Returns') });
    expect((await run(destroy, ['--from', 'HEAD', '--auto-approve'])).stderr).toBe(
      '--from: the topology has every stack that it had at HEAD\n',
    );
  });
});

test.each([...NAMES].filter(([command]) => command !== review))(
  '$1 -- --help says what it does',
  async (command, name) => {
    expect((await run(command, ['--help'])).stdout).toMatch(
      new RegExp(`^[A-Z].*\\.\n\n  npm run ${name} -- \\[<stack or pattern>...\\] <options>\n`),
    );
  },
);

describe('stacks', () => {
  test('are listed in the order of deployment', async () => {
    expect((await run(stacks, [])).stdout).toBe(
      `1  111122223333  ${CONSUMER}\n2  444455556666  ${PRODUCER}\n3  111122223333  ${SUBSCRIPTION}\n`,
    );
  });

  test('as JSON, of a shard', async () => {
    expect(JSON.parse((await run(stacks, ['--json', '--shard', '2/2'])).stdout)).toEqual([
      { id: PRODUCER, kind: 'producer', account: '444455556666', order: 2, dependsOn: [CONSUMER] },
      {
        id: SUBSCRIPTION,
        kind: 'subscription',
        account: '111122223333',
        order: 3,
        dependsOn: [CONSUMER, PRODUCER],
      },
    ]);
  });

  test('of a shard without one are none, which a line says', async () => {
    expect(await run(stacks, ['--shard', '3/3'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '--shard: 3/3 has no stack; fewer runners do\n',
    });
  });
});
