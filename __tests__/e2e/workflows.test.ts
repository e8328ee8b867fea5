/**
 * plan.yml, deploy.yml and drift.yml: their steps as GitHub runs them, with real Terraform against the AWS API at
 * AWS_ENDPOINT_URL, and programs in place of GitHub's.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { loadTopology } from '../../load/load';
import { gitIn } from '../helpers/git';
import { clientsOf } from './support/account';
import { createStateBucket, describeWithEndpoint } from './support/deployment';
import { writeTopology } from './support/topology';
import { WorkflowRunner } from './support/workflows';

const CONSUMER = 'consumer-process-orders';
const FUNCTION = 'aws_lambda_function.processor';
const TIMEOUT = 30;

/** The walk-through, whose producer need not wait for the role. */
function walkThrough(memorySize: number): string {
  const topology = parseDocument(readFileSync('topologies/orders.yaml', 'utf8'));
  topology.setIn(['producers', 'orders', 'streamPolicy'], { principal: 'account' });
  topology.setIn(['consumers', 'process-orders', 'function', 'memorySize'], memorySize);
  topology.setIn(['consumers', 'process-orders', 'function', 'timeout'], TIMEOUT);
  return readFileSync(writeTopology(topology.toString()), 'utf8');
}

describeWithEndpoint('the workflows', () => {
  const origin = mkdtempSync(path.join(tmpdir(), 'origin-'));
  const runner = new WorkflowRunner(origin);
  const GENERATED = /^(node_modules|dist|coverage|cdktf\.out|hcl\.out|review\.out|\.git)$/;

  beforeAll(async () => {
    cpSync('.', origin, {
      recursive: true,
      filter: (file) => !GENERATED.test(path.relative('.', file)),
    });
    symlinkSync(path.resolve('node_modules'), path.join(runner.folder, 'node_modules'));
    gitIn(origin, 'init', '--quiet', '--initial-branch=main');
    commit('topology.yaml', walkThrough(128));
    await createStateBucket(loadTopology(path.join(origin, 'topology.yaml')));
  });

  function commit(file: string, text: string): string {
    writeFileSync(path.join(origin, file), text);
    gitIn(origin, 'add', '--all');
    gitIn(origin, 'commit', '--quiet', '--message', file);
    return gitIn(origin, 'rev-parse', 'HEAD');
  }

  const COMMON = {
    "vars.TOPOLOGY || 'topology.yaml'": 'topology.yaml',
    "vars.AWS_REGION || 'us-east-1'": 'us-east-1',
    'vars.AWS_READ_ROLE': 'arn:aws:iam::111122223333:role/StreamPipelineRead',
    'vars.AWS_DEPLOY_ROLE': 'arn:aws:iam::111122223333:role/StreamPipelineDeploy',
    'matrix.shard': '1/1',
    'strategy.job-index': '0',
    'needs.plan.result': 'success',
    'github.token': 'token',
    'github.repository': 'octo-org/octo-repo',
    'github.server_url': 'https://github.example',
    'github.run_id': '1',
  };
  const job = async (name: string, jobName: string, values = {}) =>
    runner.job(name, jobName, { ...COMMON, ...values });

  /** The first jobs of deploy.yml: what is deployed is approved after them. */
  async function plannedDeploy() {
    runner.startRun();
    const planned = await job('deploy', 'plan');
    expect(planned.log).toContain('Plan: ');
    expect(planned.succeeded).toBe(true);
    const { outputs } = await job('deploy', 'changes');
    return { ...planned, found: outputs['read.outputs.found'] };
  }

  /** Somebody changes the function by hand. */
  async function setTimeoutOfFunction(Timeout: number): Promise<void> {
    const topology = loadTopology(path.join(origin, 'topology.yaml'));
    await clientsOf(topology, CONSUMER).lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'ProcessOrders', Timeout }),
    );
  }

  test('deploy.yml deploys what was approved, and asks nobody where nothing changes', async () => {
    const { summary, found } = await plannedDeploy();
    expect(summary).toMatch(
      /^## What will a deploy change\?\n\n\*\*\d+ added in 2 of 3 stacks, 1 after others\*\*/,
    );
    expect(found).toBe('true');
    const { succeeded, log } = await job('deploy', 'deploy');
    expect(log).toMatch(/^done +subscription-orders-process-orders +\d+ added$/m);
    expect(succeeded).toBe(true);
    expect((await plannedDeploy()).found).toBeUndefined();
  });

  test('plan.yml writes one comment, and runs nothing of the pull request', async () => {
    const proof = path.join(runner.folder, 'hostile');
    gitIn(origin, 'checkout', '--quiet', '-b', 'branch');
    const { scripts, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));
    const hostile = Object.fromEntries(
      Object.keys(scripts).map((name) => [name, `touch ${proof}`]),
    );
    commit('package.json', JSON.stringify({ ...manifest, scripts: hostile }));
    commit('commands/index.ts', `require('node:fs').writeFileSync(${JSON.stringify(proof)}, '')`);
    mkdirSync(path.join(origin, 'functions'));
    commit('functions/.npmrc', 'ignore-scripts=false');
    const head = commit('topology.yaml', walkThrough(256));
    gitIn(origin, 'checkout', '--quiet', '-b', 'merge', 'main');
    gitIn(origin, 'merge', '--quiet', '--no-ff', '--no-edit', 'branch');
    gitIn(origin, 'update-ref', 'refs/pull/3/merge', 'merge');
    gitIn(origin, 'checkout', '--quiet', 'main');
    const event = {
      'github.event.number': '3',
      'github.event.pull_request.head.sha': head,
      "needs.plan.result != 'skipped'": 'true',
    };
    runner.startRun();
    expect(await job('plan', 'plan', event)).toMatchObject({ succeeded: true });
    for (const _ of ['the first', 'again']) {
      expect(await job('plan', 'comment', event)).toMatchObject({ succeeded: true });
    }
    const comment = runner.kept('comment.md');
    expect(comment).toMatch(
      /^<!-- plan.yml -->\n\[Run, .*\]\(https:\/\/github.example\/octo-org\/octo-repo\/actions\/runs\/1\)\n/,
    );
    expect(comment).toContain('| [What should stop me?](#what-should-stop-me) | nothing |');
    expect(comment).toContain(
      '| [What will a deploy change?](#what-will-a-deploy-change) | 1 changed in 1 of 1 stack |',
    );
    expect(comment).toContain(`| changed | \`${CONSUMER}\` | \`${FUNCTION}\` | \`memory_size\` |`);
    expect(runner.kept('calls').match(/^api --silent .*$/gm)).toEqual([
      'api --silent repos/octo-org/octo-repo/issues/3/comments --field body=@comment.md',
      'api --silent --method PATCH repos/octo-org/octo-repo/issues/comments/7 --field body=@comment.md',
    ]);
    expect(existsSync(proof)).toBe(false);

    runner.startRun();
    expect(await job('plan', 'plan', { ...event, 'matrix.shard': 'zzz' })).toMatchObject({
      succeeded: false,
    });
    const failed = { ...event, 'needs.plan.result': 'failure' };
    expect(await job('plan', 'comment', failed)).toMatchObject({ succeeded: false });
    expect(runner.kept('comment.md')).toMatch(
      /^<!-- plan.yml -->\n\*\*The plan failed; the run says why.\*\* \[Run, /,
    );
    expect(runner.kept('comment.md')).toContain(
      '| [What will a deploy change?](#what-will-a-deploy-change) | **there is no whole plan** |',
    );
  });

  test('plan.yml refuses a link, and commits that are pushed after it started', async () => {
    gitIn(origin, 'checkout', '--quiet', 'merge');
    symlinkSync('/proc/self/environ', path.join(origin, 'functions', 'link.ts'));
    gitIn(origin, 'add', '--all');
    const event = {
      'github.event.number': '3',
      'github.event.pull_request.head.sha': gitIn(origin, 'rev-parse', 'branch'),
    };
    gitIn(origin, 'commit', '--quiet', '--amend', '--no-edit');
    gitIn(origin, 'update-ref', 'refs/pull/3/merge', 'merge');
    gitIn(origin, 'checkout', '--quiet', 'main');
    const refused = await job('plan', 'plan', event);
    expect(refused.log).toMatch(/120000 blob \w+\tfunctions\/link\.ts/);
    expect(refused).toMatchObject({ succeeded: false });
    const late = await job('plan', 'plan', {
      ...event,
      'github.event.pull_request.head.sha': 'older',
    });
    expect(late).toMatchObject({ succeeded: false });
    expect(refused.log + late.log).not.toContain('Plan: ');
  });

  test('deploy.yml refuses a plan that changed after its approval', async () => {
    commit('topology.yaml', walkThrough(256));
    expect((await plannedDeploy()).found).toBe('true');
    await setTimeoutOfFunction(TIMEOUT + 1);
    const { succeeded, log } = await job('deploy', 'deploy');
    expect(log).toContain(
      `--approved: ${CONSUMER} has another plan than the one that was approved; plan again\n`,
    );
    expect(log).not.toMatch(/^done /m);
    expect(succeeded).toBe(false);
  });

  test('drift.yml opens one issue, updates it, and closes it', async () => {
    runner.startRun();
    for (const _ of ['one night', 'the next']) {
      expect(await job('drift', 'drift')).toMatchObject({ succeeded: true });
    }
    expect(runner.kept('issue.md')).toContain(
      `| changed | \`${CONSUMER}\` | \`${FUNCTION}\` | \`timeout\` |`,
    );
    await setTimeoutOfFunction(TIMEOUT);
    expect(await job('drift', 'drift')).toMatchObject({ succeeded: true });
    expect(runner.kept('issue.md')).toBe('');
    expect(runner.kept('calls').match(/^issue (create|edit|close)/gm)).toEqual([
      'issue create',
      'issue edit',
      'issue close',
    ]);
  });
});
