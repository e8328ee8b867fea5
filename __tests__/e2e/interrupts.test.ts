/**
 * Deploys that are interrupted as a terminal does it: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 * INTERRUPTIONS is how many there are.
 */
import { execSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { TestBucket } from './support/bucket';
import { Deployment, describeWithEndpoint } from './support/deployment';

const INTERRUPTIONS = Number(process.env.INTERRUPTIONS ?? 3);

/** Seconds within which an interrupt comes. */
const WITHIN = 25;

/** The walk-through, whose producer need not wait for the role. */
function walkThrough(): string {
  const topology = parseDocument(readFileSync('topologies/orders.yaml', 'utf8'));
  topology.setIn(['producers', 'orders', 'streamPolicy'], { principal: 'account' });
  return topology.toString();
}

describeWithEndpoint(`after ${INTERRUPTIONS} interruptions at random points`, () => {
  const deployment = new Deployment(walkThrough());
  const { topology, file } = deployment;
  const consumer = clientsOf(topology, 'consumer-process-orders');
  const producer = clientsOf(topology, 'producer-orders');
  const { bucket, region } = topology.state;
  const states = new TestBucket(new S3Client({ region, forcePathStyle: true }), bucket);

  /** A signal to npm, its shell and the command at once, as Ctrl-C does. */
  async function interruptedDeploy(seconds: number) {
    const npm = spawn('npm', ['run', 'deploy', '--', '--auto-approve'], {
      env: { ...process.env, TOPOLOGY: file },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const output = text(npm.stdout);
    const ended = once(npm, 'exit');
    await Promise.race([sleep(seconds * 1_000), ended]);
    if (npm.pid && npm.exitCode === null) process.kill(-npm.pid, 'SIGINT');
    const [code] = await ended;
    return { code, output: await output };
  }

  /**
   * Runs the commands that a failed deploy names. Terraform makes its provider stop, which cuts off a request whose
   * answer is not there yet: AWS may have created something that no state has.
   */
  function importNamed(output: string): number {
    const named = output.match(/terraform -chdir=\S+ import \S+ \S+/g) ?? [];
    const commands = new Set(named);
    for (const command of commands) execSync(command, { stdio: 'pipe' });
    return commands.size;
  }

  beforeAll(() => deployment.createStateBucket());

  test(
    'no state is locked',
    async () => {
      for (let count = 0; count < INTERRUPTIONS; count += 1) {
        const seconds = Math.random() * WITHIN;
        const { code, output } = await interruptedDeploy(seconds);
        const isUnexplained = code === 1 && importNamed(output) === 0;
        const locks = (await states.keys()).filter((key) => key.endsWith('.tflock'));
        // A deploy that fails by itself ends with 1.
        expect({ seconds, output: isUnexplained ? output : '', locks }).toEqual({
          seconds,
          output: '',
          locks: [],
        });
      }
    },
    60 * 60 * 1000,
  );

  test('the next deploy converges, or names what to import', async () => {
    await deployment.deploy().catch(async (error: Error) => {
      if (importNamed(error.message) === 0) throw error;
      await deployment.deploy();
    });
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('nothing exists that no state has: a destroy leaves nothing', async () => {
    await deployment.destroy();
    const { Functions } = await consumer.lambda.send(new ListFunctionsCommand({}));
    const { EventSourceMappings } = await consumer.lambda.send(
      new ListEventSourceMappingsCommand({}),
    );
    const { Roles } = await consumer.iam.send(new ListRolesCommand({}));
    const { logGroups } = await consumer.logs.send(new DescribeLogGroupsCommand({}));
    const { Buckets } = await consumer.s3.send(new ListBucketsCommand({}));
    const { TableNames } = await producer.dynamodb.send(new ListTablesCommand({}));
    const { Keys = [] } = await consumer.kms.send(new ListKeysCommand({}));
    const keys = await Promise.all(
      Keys.map(({ KeyId }) => consumer.kms.send(new DescribeKeyCommand({ KeyId }))),
    );
    const states = keys.map(({ KeyMetadata }) => KeyMetadata?.KeyState);
    expect({ Functions, EventSourceMappings, Roles, logGroups, Buckets, TableNames }).toEqual({
      Functions: [],
      EventSourceMappings: [],
      Roles: [],
      logGroups: [],
      Buckets: [],
      TableNames: [],
    });
    // A key has no name to find it by, so a deploy cannot see one whose creation was cut off: docs/repair.md.
    const left = states.filter((state) => state !== 'PendingDeletion');
    expect(left.length).toBeLessThanOrEqual(INTERRUPTIONS);
  });
});
