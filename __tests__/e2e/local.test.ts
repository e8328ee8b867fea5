/**
 * The same changes played by `npm run local` and delivered by the AWS API at AWS_ENDPOINT_URL, deployed with real
 * Terraform: batches, retries, failed batches, what is redriven, and the objects of the sink are the same.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CHANGES_PER_TENANT_PER_DAY } from '../../constructs/lake/sql';
import type { StreamRecord } from '../../lambda-src/runtime/stream-event';
import { loadTopology } from '../../load/load';
import { type Action, openPlay } from '../../local/play';
import type { Step } from '../../local/step';
import type { Lake } from '../../topology/sinks/s3';
import { clientsOf } from './support/account';
import { TestBucket } from './support/bucket';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { writeTopology } from './support/topology';

/** Two consumers of a table, whose mappings begin with the first change, so that batches are the same. */
const topologyWith = (environment: object) => `
name: played
state: { bucket: example-terraform-state, region: us-east-1 }
accounts:
  analytics:
    id: "111122223333"
    region: us-east-1
    deployRole: { arn: "arn:aws:iam::111122223333:role/TerraformDeploy" }
  shop:
    id: "444455556666"
    region: us-east-1
    deployRole: { arn: "arn:aws:iam::444455556666:role/TerraformDeploy" }
consumers:
  lake:
    account: analytics
    role: { name: LakeWriter }
    function:
      name: WriteLake
      entry: ../__tests__/e2e/support/poisoned.ts
      environment: ${JSON.stringify(environment)}
    sink: { type: s3 }
  watch:
    account: analytics
    role: { name: OrderWatcher }
    function:
      name: WatchOrders
      entry: ../__tests__/e2e/support/poisoned.ts
      environment: ${JSON.stringify(environment)}
producers:
  orders:
    account: shop
    table:
      name: Orders
      partitionKey: { name: OrderId, type: S }
      deletionProtection: false
    streamPolicy: { principal: account }
subscriptions:
  - producer: orders
    consumer: lake
    startingPosition: TRIM_HORIZON
    batchSize: 6
    maximumRetryAttempts: 2
    filters:
      - { eventName: [REMOVE] }
      - { dynamodb: { NewImage: { Status: { S: [{ anything-but: [draft] }] } } } }
  - producer: orders
    consumer: watch
    startingPosition: TRIM_HORIZON
    batchSize: 100
    maximumRetryAttempts: 1
    filters:
      - { dynamodb: { Keys: { OrderId: { S: [{ prefix: order- }] } }, NewImage: { Status: { S: [{ exists: true }] } } } }
`;

type Item = Record<string, AttributeValue>;

const key = (id: number): Item => ({ OrderId: { S: `order-${id}` } });
const order = (id: number, status: string, more: Item = {}): Item => ({
  ...key(id),
  Status: { S: status },
  ...more,
});
const action = (kind: Action['kind'], item: Item): Action => ({ producer: 'orders', kind, item });

const POISON = { Poison: { BOOL: true } };

/** Sets in order, which DynamoDB does not keep. */
const EVERY_TYPE: Item = {
  Text: { S: 'naïve "quoted" text\\n' },
  Empty: { S: '' },
  Number: { N: '1234567890123456789012345678.9012345678' },
  Short: { N: '1.50' },
  Null: { NULL: true },
  Texts: { SS: ['a', 'b'] },
  Numbers: { NS: ['1', '12345678901234567890'] },
  List: { L: [{ S: 'a' }, { N: '1' }, { L: [] }] },
  Map: { M: { Inner: { M: { N: { N: '-0.5' } } } } },
};

const ACTIONS: readonly Action[] = [
  action('put', order(1, 'placed', EVERY_TYPE)),
  action('update', { ...key(1), Status: { S: 'shipped' } }),
  action('put', order(1, 'shipped', EVERY_TYPE)), // changes nothing
  action('delete', key(1)),
  action('put', order(2, 'draft')),
  ...[3, 4, 5].map((id) => action('put', order(id, 'placed'))),
  action('put', order(6, 'placed', POISON)),
  action('put', { OrderId: { S: 'other-1' } }),
  action('put', order(7, 'placed')),
  action('update', { ...key(3), Status: { S: 'shipped' } }),
  action('update', { ...key(6), Status: { S: 'shipped' } }),
  action('update', { ...key(2), Status: { S: 'placed' } }),
  action('delete', key(7)),
  action('delete', key(99)), // is not there
];

/** What a consumer's mapping did, and what is in its buckets. */
interface Outcome {
  /** Batches as the function got them, and how often in a row. */
  readonly batches: [records: readonly StreamRecord[], times: number][];
  readonly failedBatches: readonly object[];
  /** By key, the lines of each. */
  readonly objects: readonly [key: string, lines: string[]][];
}

const CONSUMERS = ['lake', 'watch'] as const;

/** Without what differs by nature: times, IDs and the numbers of a stream, which are its ranks. */
function masked(outcome: Outcome): Outcome {
  const records = outcome.batches.flatMap(([batch]) => batch);
  const numbers = new Set(records.map(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? '')));
  let text = JSON.stringify(outcome);
  [...numbers]
    .sort((a, b) => (a < b ? -1 : 1))
    .forEach((number, rank) => {
      const own = records.find(({ dynamodb }) => dynamodb?.SequenceNumber === String(number));
      text = text.replaceAll(String(number), `<${rank}>`);
      text = text.replaceAll(own?.eventID ?? '', `<event ${rank}>`);
    });
  return JSON.parse(
    text
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>')
      .replaceAll(/shardId-\w+-\w+/g, '<shard>')
      .replaceAll(/\d{4}\/\d\d\/\d\d\//g, '<day>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d[:.]\d\d[:.]\d\d(\.\d{3})?(\+00:00)?/g, '<time>')
      .replaceAll(/\d{4}-\d\d-\d\d/g, '<date>')
      .replaceAll(/-[\da-f]{16}\.json\.gz/g, '-<hash>.json.gz')
      // An emulator may not count bytes as AWS does.
      .replaceAll(/(\\*"(?:ApproximateCreationDateTime|SizeBytes)\\*": ?)\d+/g, '$1"<number>"'),
  );
}

/** Failed batches in the order of the stream, with the events of their payloads. Those of a second have any order. */
function opened(contents: readonly Uint8Array[]): object[] {
  return contents
    .map((content) => JSON.parse(Buffer.from(content).toString()))
    .map((batch) => ({ ...batch, payload: JSON.parse(batch.payload) }))
    .sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}

const startOf = ({ DDBStreamBatchInfo }: { DDBStreamBatchInfo: Record<string, string> }) =>
  BigInt(DDBStreamBatchInfo.startSequenceNumber ?? '');

const linesOf = (content: Uint8Array) => gunzipSync(content).toString().trim().split('\n');

describeWithEndpoint('what is played locally', () => {
  const deployment = new Deployment(topologyWith({}));
  const { topology } = deployment;
  const [lake, watch] = CONSUMERS.map((name) => {
    const consumer = topology.consumers.find((one) => one.stackId === `consumer-${name}`);
    if (!consumer) throw new Error(`the topology has no ${name}`);
    return consumer;
  }) as [(typeof topology.consumers)[number], (typeof topology.consumers)[number]];
  const { bucket } = lake.sink as Lake;
  const analytics = clientsOf(topology, 'consumer-lake');
  const shop = clientsOf(topology, 'producer-orders');
  const buckets = [lake, watch].map(
    ({ failedBatches }) => new TestBucket(analytics.s3, failedBatches.bucket),
  ) as [TestBucket, TestBucket];
  const sink = new TestBucket(analytics.s3, bucket);
  const folder = mkdtempSync(path.join(tmpdir(), 'local-'));

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all([sink, ...buckets].map((one) => one.empty()));
    // Some emulators cannot delete saved queries.
    await deployment.forget(
      'consumer-lake',
      `aws_athena_named_query.lake_queries_${CHANGES_PER_TENANT_PER_DAY}`,
    );
    await deployment.destroy();
  });

  // -- of AWS

  async function apply({ kind, item }: Action): Promise<void> {
    const Item = item as Item;
    const { OrderId = { S: '' }, ...others } = Item;
    const target = { TableName: 'Orders', Key: { OrderId } };
    if (kind === 'put') {
      await shop.dynamodb.send(new PutItemCommand({ TableName: 'Orders', Item }));
    } else if (kind === 'delete') {
      await shop.dynamodb.send(new DeleteItemCommand(target));
    } else {
      const names = Object.keys(others);
      await shop.dynamodb.send(
        new UpdateItemCommand({
          ...target,
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(others).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
    }
  }

  async function deliveredByAws(index: 0 | 1): Promise<Outcome> {
    const name = [lake, watch][index]?.function.name;
    const batches: Outcome['batches'] = [];
    for (const line of await analytics.logLines(`/aws/lambda/${name}`)) {
      if (!line.startsWith('{"batch"')) continue;
      const { batch } = JSON.parse(line);
      const last = batches.at(-1);
      if (JSON.stringify(last?.[0]) === JSON.stringify(batch) && last) last[1] += 1;
      else batches.push([batch, 1]);
    }
    const read = async (from: TestBucket, prefix: string) =>
      Promise.all(
        (await from.keys(prefix)).sort().map(async (one) => [one, await from.read(one)] as const),
      );
    return {
      batches,
      failedBatches: opened((await read(buckets[index], 'aws/')).map(([, content]) => content)),
      objects:
        index === 1
          ? []
          : (await read(sink, 'changes/')).map(([one, content]) => [one, linesOf(content)]),
    };
  }

  /** `npm run redrive` as an operator runs it, of functions whose bug is fixed. */
  async function fixAndRedrive(): Promise<void> {
    for (const {
      function: { name: FunctionName },
    } of [lake, watch]) {
      const { Environment } = await analytics.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      await analytics.lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables: { ...Environment?.Variables, POISON: 'harmless' } },
        }),
      );
    }
    for (const name of CONSUMERS) {
      await promisify(execFile)('npm', ['run', '--silent', 'redrive', '--', '--consumer', name], {
        env: { ...process.env, TOPOLOGY: deployment.file },
      });
    }
  }

  // -- played

  const steps: Step[] = [];

  const play = (environment: object) =>
    openPlay(loadTopology(writeTopology(topologyWith(environment))), {
      folder,
      tables: 'kept',
      print: (step) => steps.push(step),
    });

  function playedOf(index: 0 | 1): Outcome {
    const name = CONSUMERS[index];
    const batches: Outcome['batches'] = [];
    for (const { stack, what, data } of steps) {
      if (stack !== `subscription-orders-${name}`) continue;
      const { records = [], times = 1 } = (data ?? {}) as Record<string, never>;
      const last = batches.at(-1);
      if (what === 'delivered') batches.push([records, 1]);
      if (what === 'retried' && last) last[1] = times;
    }
    const read = (of: string) => {
      const root = path.join(folder, of);
      return readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((file) => statSync(path.join(root, file)).isFile())
        .sort()
        .map((file) => [file, readFileSync(path.join(root, file))] as const);
    };
    return {
      batches,
      failedBatches: opened(read(buckets[index].name).map(([, content]) => content)),
      objects: index === 1 ? [] : read(bucket).map(([one, content]) => [one, linesOf(content)]),
    };
  }

  test('is delivered, discarded and kept as by AWS', async () => {
    await deployment.createStateBucket();
    await deployment.deploy('consumer-*', 'producer-*');
    await Promise.all([sink, ...buckets].map((one) => one.open()));
    for (const one of ACTIONS) await apply(one);
    await deployment.deploy('subscription-*');

    const played = await play({});
    for (const one of ACTIONS) await played.apply(one);
    await played.deliver();
    await played.close();

    for (const index of [0, 1] as const) {
      const expected = masked(playedOf(index));
      await eventually(async () =>
        expect((await deliveredByAws(index)).batches).toHaveLength(expected.batches.length),
      );
      await eventually(async () =>
        expect((await buckets[index].keys('aws/')).length).toBe(expected.failedBatches.length),
      );
      expect(expected.failedBatches).toHaveLength(index + 1);
      expect(masked(await deliveredByAws(index))).toEqual(expected);
    }
  });

  test('is redriven as by npm run redrive', async () => {
    await fixAndRedrive();
    const played = await play({ POISON: 'harmless' });
    await played.redrive();
    await played.close();
    for (const index of [0, 1] as const) {
      const { failedBatches, objects } = masked(playedOf(index));
      expect(failedBatches).toEqual([]);
      const delivered = masked(await deliveredByAws(index));
      expect({ ...delivered, batches: [] }).toEqual({ batches: [], failedBatches, objects });
    }
  });
});
