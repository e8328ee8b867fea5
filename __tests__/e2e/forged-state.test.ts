/**
 * State objects that somebody else wrote: real Terraform plans the stacks that read them. Nothing is
 * deployed.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse, stringify } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';

const CONSUMER = 'consumer-reader';
const PRODUCER = 'producer-orders';
const SUBSCRIPTION = 'subscription-orders-reader';

type Outputs = Readonly<Record<string, unknown>>;

/** What is written in place of the right value of an output. */
type Forge = (right: string, name: string) => unknown;

const OF_EVE: Outputs = {
  role_arn: 'arn:aws:iam::999999999999:role/streams/ForgedReader',
  stream_arn:
    'arn:aws:dynamodb:us-east-1:999999999999:table/Forged.Orders/stream/2026-01-01T00:00:00.000',
  function_arn: 'arn:aws:lambda:us-east-1:999999999999:function:ReadForged',
  failed_batches_bucket_arn: 'arn:aws:s3:::bucket-of-eve',
  alarm_topic_arn: 'arn:aws:sns:us-east-1:999999999999:ReadForged-alarms',
};

const OF_ANOTHER_TENANT: Outputs = {
  role_arn: 'arn:aws:iam::111122223333:role/ForgedReader',
  stream_arn:
    'arn:aws:dynamodb:us-east-1:444455556666:table/Forged.OrdersOfAnother/stream/2026-01-01T00:00:00.000',
  function_arn: 'arn:aws:lambda:us-east-1:111122223333:function:ReadForged:live',
  failed_batches_bucket_arn: 'arn:aws:s3:::other-failed-batches-025f751830a2',
  alarm_topic_arn: 'arn:aws:sns:us-east-1:111122223333:Other-alarms',
};

describeWithEndpoint('a state that somebody else wrote', () => {
  const content = parse(readFileSync('topologies/orders.yaml', 'utf8'));
  content.name = 'forged';
  content.producers.orders.table.name = 'Forged.Orders';
  content.consumers = {
    reader: {
      account: 'analytics',
      role: { name: 'ForgedReader', path: '/streams/' },
      function: { name: 'ReadForged' },
    },
  };
  content.subscriptions = [{ producer: 'orders', consumer: 'reader' }];
  const deployment = new Deployment(stringify(content));
  const { topology } = deployment;
  const { bucket, region, keyPrefix } = topology.state;
  const s3 = new S3Client({ region, forcePathStyle: true });

  const role = { role_arn: 'arn:aws:iam::111122223333:role/streams/ForgedReader' };
  const stream = {
    stream_arn:
      'arn:aws:dynamodb:us-east-1:444455556666:table/Forged.Orders/stream/2026-01-01T00:00:00.000',
  };
  const others = {
    function_arn: 'arn:aws:lambda:us-east-1:111122223333:function:ReadForged',
    failed_batches_bucket_arn: `arn:aws:s3:::${topology.consumers[0]?.failedBatches.bucket}`,
    alarm_topic_arn: 'arn:aws:sns:us-east-1:111122223333:ReadForged-alarms',
  };

  const write = (stackId: string, outputs: Outputs, resources: readonly object[] = []) => {
    const state = {
      version: 4,
      terraform_version: '1.10.0',
      serial: 9,
      lineage: 'forged',
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, { value, type: typeOf(value) }]),
      ),
      resources,
      check_results: null,
    };
    return s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${keyPrefix}/${stackId}.tfstate`,
        Body: JSON.stringify(state),
      }),
    );
  };

  const refusal = (stackId: string, name: string, right: string, found: unknown) =>
    `The output ${name} of ${stackId} must be ${right.replace(/[^/]+$/, (end) => (name === 'stream_arn' ? '<time>' : end))}, as the topology says. The state s3://${bucket}/${keyPrefix}/${stackId}.tfstate has ${JSON.stringify(found)}. Deploy ${stackId} first. If the state has the same value after that, find out who else writes to it.`;

  const refusedOf = (stackId: string, outputs: Outputs, forge: Forge) =>
    Object.entries(outputs).map(([name, right]) =>
      refusal(stackId, name, String(right), forge(String(right), name)),
    );

  let folders: readonly string[];

  beforeAll(async () => {
    await deployment.createStateBucket();
    folders = await deployment.synthesize(PRODUCER, SUBSCRIPTION);
  });

  test('is believed where it has what the topology has', async () => {
    await write(CONSUMER, { ...role, ...others });
    await write(PRODUCER, stream);
    const found = folders.map((folder) => deployment.planErrors(folder));
    expect(await Promise.all(found)).toEqual([[], []]);
  });

  test.each<[string, Forge]>([
    ['another account', (_, name) => OF_EVE[name]],
    ['another name', (_, name) => OF_ANOTHER_TENANT[name]],
    ['a name that a pattern takes for the same', (arn) => arn.replace(/[.-]|(?<=Forged)R/, 'x')],
    ['more after it', (arn) => `${arn}/x`],
    ['more before it', (arn) => `x${arn}`],
    ['all of a kind', (arn) => arn.replace(/[^:/]+$/, '*')],
    ['one more line', (arn) => `${arn}\n`],
    ['nothing', () => ''],
    ['null', () => null],
    ['a list of the right one', (arn) => [arn]],
  ])('is refused where it has %s', async (_, forge) => {
    const forged = (outputs: Outputs) =>
      Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, forge(String(value), name)]),
      );
    await write(CONSUMER, forged({ ...role, ...others }));
    await write(PRODUCER, forged(stream));
    expect((await deployment.planErrors(readers(folders))).sort()).toEqual(
      [
        ...refusedOf(CONSUMER, { ...role, ...others }, forge),
        ...refusedOf(PRODUCER, stream, forge),
      ].sort(),
    );
  });

  test('is refused where it has no outputs, as before the first deployment', async () => {
    await write(CONSUMER, {});
    await write(PRODUCER, {});
    const found = folders.map((folder) => deployment.planErrors(folder));
    expect((await Promise.all(found)).map((errors) => errors.sort())).toEqual([
      refusedOf(CONSUMER, role, () => null),
      [
        ...refusedOf(CONSUMER, others, () => null),
        ...refusedOf(PRODUCER, stream, () => null),
      ].sort(),
    ]);
  });

  test('can name a provider, which only its own stack installs', async () => {
    const resource = {
      ...{ mode: 'managed', type: 'unknown_thing', name: 'added' },
      provider: 'provider["registry.terraform.io/example-unknown/unknown"]',
      instances: [{ schema_version: 0, attributes: { id: '1' } }],
    };
    await write(CONSUMER, { ...role, ...others }, [resource]);
    await write(PRODUCER, stream);
    expect(await deployment.planErrors(readers(folders))).toEqual([]);
    const [own = ''] = await deployment.synthesize(CONSUMER);
    await expect(deployment.planErrors(own)).rejects.toThrow(/example-unknown\/unknown/);
  });

  test('lets nobody read a stream, and makes nothing', async () => {
    await write(CONSUMER, { role_arn: 'arn:aws:iam::999999999999:role/Eve' });
    await expect(deployment.deploy(PRODUCER)).rejects.toThrow(
      /output role_arn of consumer-reader must be/,
    );
    const { dynamodb } = clientsOf(topology, PRODUCER);
    await expect(
      dynamodb.send(new DescribeTableCommand({ TableName: 'Forged.Orders' })),
    ).rejects.toThrow(/not found/);
  });
});

/**
 * A folder with nothing but the data sources by which the stacks in these folders read states: Terraform
 * reads them in a moment, since it starts no provider.
 */
function readers(folders: readonly string[]): string {
  const sources = folders.flatMap((folder, index) => {
    const { data } = JSON.parse(readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8'));
    return Object.entries(data.terraform_remote_state).map(([name, source]) => [
      `${name}_${index}`,
      source,
    ]);
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'readers-'));
  writeFileSync(
    path.join(folder, 'cdk.tf.json'),
    JSON.stringify({ data: { terraform_remote_state: Object.fromEntries(sources) } }),
  );
  return folder;
}

function typeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ['tuple', value.map(typeOf)];
  return value === null ? 'dynamic' : typeof value;
}
