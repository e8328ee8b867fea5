/**
 * Processing from end to end: what fails is delivered again, what is discarded is kept and redriven, and
 * the lake has every change once. Real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  PutItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { CHANGES_PER_TENANT_PER_DAY } from '../../constructs/lake/sql';
import type { Lake } from '../../topology/sinks/s3';
import { changesOf, type Delivery, partitionOf } from '../helpers/lake-database';
import { AccountClients } from './support/account';
import { TestBucket } from './support/bucket';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

type Image = Record<string, AttributeValue>;
type Fault = 'poison' | 'error' | 'exit' | 'timeout' | 'duplicate' | 'reads';

const TABLE = 'TenantDocuments';
const FUNCTION = 'WriteChangeLake';
const ENCRYPTED = {
  algorithm: 'aws:kms',
  key: expect.stringMatching(/^arn:aws:kms:us-east-1:\d{12}:key\//),
};

/** analytics-lake.yaml with a key, and a function that fails where an item asks for it, and with less patience. */
function faultyLake(): string {
  const topology = parseDocument(readFileSync('topologies/analytics-lake.yaml', 'utf8'));
  topology.setIn(
    ['consumers', 'lake', 'function', 'entry'],
    '../__tests__/e2e/support/faulty-lake.ts',
  );
  topology.setIn(['consumers', 'lake', 'function', 'timeout'], 4);
  topology.setIn(['subscriptions', 0, 'readTable'], true);
  topology.setIn(['subscriptions', 0, 'batchSize'], 500);
  topology.setIn(['subscriptions', 0, 'maximumBatchingWindowInSeconds'], 0);
  topology.setIn(['subscriptions', 0, 'maximumRetryAttempts'], 6);
  topology.setIn(['consumers', 'lake', 'encryption'], 'customer-managed');
  unprotectTables(topology);
  return topology.toString();
}

function item(id: string, attributes: Image = {}, fault?: Fault): Image {
  return {
    DocumentId: { S: id },
    Version: { N: '1' },
    ...attributes,
    ...(fault && { Fault: { S: fault } }),
  };
}

describeWithEndpoint('the lake of two tenants', () => {
  const deployment = new Deployment(faultyLake());
  const { topology } = deployment;
  const [consumer] = topology.consumers;
  if (!consumer) throw new Error('analytics-lake.yaml has no consumer');
  const { prefix, bucket } = consumer.sink as Lake;
  const analytics = new AccountClients(consumer.account);
  const [acme, globex] = topology.producers.map(({ account }) => new AccountClients(account)) as [
    AccountClients,
    AccountClients,
  ];
  const lake = new TestBucket(analytics.s3, bucket);
  const failedBatches = new TestBucket(analytics.s3, consumer.failedBatches.bucket);

  const put = (tenant: AccountClients, image: Image) =>
    tenant.dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: image }));

  async function putAll(tenant: AccountClients, images: readonly Image[]): Promise<void> {
    for (let start = 0; start < images.length; start += 25) {
      const requests = images
        .slice(start, start + 25)
        .map((Item): WriteRequest => ({ PutRequest: { Item } }));
      await tenant.dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }),
      );
    }
  }

  /** Every line of every object of the lake, with its partition. */
  async function deliveries(): Promise<Delivery[]> {
    const objects = (await lake.keys(prefix)).map(async (key) => {
      const lines = gunzipSync(await lake.read(key))
        .toString()
        .trim()
        .split('\n');
      return lines.map((line) => ({ ...JSON.parse(line), ...partitionOf(key) }));
    });
    return (await Promise.all(objects)).flat();
  }

  /** Ids of the documents whose deliveries the lake holds, of those that begin with a text. */
  async function documentIds(start: string): Promise<string[]> {
    return (await deliveries())
      .map(({ keys }): string => JSON.parse(String(keys)).DocumentId.S)
      .filter((id) => id.startsWith(start))
      .sort();
  }

  beforeAll(async () => {
    await deployment.createStateBucket();
    await deployment.deploy();
  });

  afterAll(async () => {
    await lake.empty();
    await failedBatches.empty();
    // Some emulators cannot delete saved queries.
    await deployment.forget(
      'consumer-lake',
      `aws_athena_named_query.lake_queries_${CHANGES_PER_TENANT_PER_DAY}`,
    );
    await deployment.destroy();
  });

  test('is deployed, and its HCL plans no changes with Terraform alone', async () => {
    expect(await deployment.plannedChangesOfHcl()).toEqual({});
    await lake.open();
    await failedBatches.open();
  });

  test('keeps its log and its variables with the same key', async () => {
    const { KMSKeyArn } = await analytics.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }),
    );
    expect(KMSKeyArn).toEqual(ENCRYPTED.key);
    const { logGroups = [] } = await analytics.logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups.map(({ kmsKeyId }) => kmsKeyId)).toEqual([KMSKeyArn]);
  });

  test('has values of every DynamoDB type as they were written', async () => {
    const attributes: Image = {
      String: { S: 'naïve "quoted" text\n' },
      Empty: { S: '' },
      Number: { N: '1234567890123456789012345678.9012345678' },
      Binary: { B: new Uint8Array([0, 127, 128, 255]) },
      True: { BOOL: true },
      Null: { NULL: true },
      StringSet: { SS: ['a', 'b'] },
      NumberSet: { NS: ['1', '12345678901234567890'] },
      BinarySet: { BS: [new Uint8Array([1]), new Uint8Array([2, 3])] },
      List: { L: [{ S: 'a' }, { N: '1' }, { L: [] }] },
      Map: { M: { Inner: { M: { N: { N: '-0.5' } } } } },
    };
    await put(acme, item('types', attributes));
    await eventually(async () => expect(await documentIds('types')).toEqual(['types']));
    const [delivery] = (await deliveries()).filter(({ account }) => account === '444455556666');
    const { keys, new_image, ...others } = delivery ?? {};
    expect(JSON.parse(String(keys))).toEqual({ DocumentId: { S: 'types' }, Version: { N: '1' } });
    expect(JSON.parse(String(new_image))).toEqual(
      JSON.parse(JSON.stringify(item('types', attributes), base64)),
    );
    expect(others).toEqual({
      event_id: expect.any(String),
      event_name: 'INSERT',
      region: 'us-east-1',
      sequence_number: expect.stringMatching(/^\d+$/),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      expired: false,
      account: '444455556666',
      table: TABLE,
      date: String(others.time).slice(0, 10),
    });
  });

  test('keeps the code of the function from the stream that Lambda reads with the same role', async () => {
    await put(acme, item('reads', {}, 'reads'));
    await eventually(async () => expect(await documentIds('reads')).toEqual(['reads']));
    expect(await failedBatches.keys()).toEqual([]);
  });

  test('gets the good ones around a poison record, which is kept and redriven', async () => {
    const ids = Array.from(
      { length: 40 },
      (_, index) => `poison-${String(index).padStart(2, '0')}`,
    );
    const good = ids.filter((_, index) => index !== 17);
    await putAll(
      globex,
      ids.map((id, index) => item(id, {}, index === 17 ? 'poison' : undefined)),
    );
    await eventually(async () => expect(await failedBatches.keys()).toHaveLength(1));
    await eventually(async () => expect(await documentIds('poison-')).toEqual(good));
    const [key = ''] = await failedBatches.keys();
    const [object = ''] = await lake.keys(prefix);
    expect(await failedBatches.encryptionOf(key)).toEqual(ENCRYPTED);
    expect(await lake.encryptionOf(object)).toEqual(ENCRYPTED);
    const { requestContext, payload } = JSON.parse(
      Buffer.from(await failedBatches.read(key)).toString(),
    );
    expect(requestContext.condition).toBe('RetryAttemptsExhausted');
    expect(
      JSON.parse(payload).Records.map(
        (record: { dynamodb: { NewImage: Image } }) => record.dynamodb.NewImage,
      ),
    ).toEqual([item('poison-17', {}, 'poison')]);

    const failing = await redrive().then(
      () => 'delivered',
      ({ code }) => code,
    );
    expect(failing).toBe(1);
    expect(await failedBatches.keys()).toEqual([key]);

    await mendFunction();
    await redrive();
    expect(await failedBatches.keys()).toEqual([]);
    expect(await documentIds('poison-')).toEqual(ids);
  });

  test('has each of 10,000 changes once, whatever fails on the way', async () => {
    const faults: Record<number, Fault> = {
      700: 'error',
      1900: 'duplicate',
      2600: 'exit',
      3300: 'timeout',
      4100: 'duplicate',
    };
    const half = (tenant: string) =>
      Array.from({ length: 5000 }, (_, index) =>
        item(`bulk-${tenant}-${index}`, {}, faults[index]),
      );
    const writes = [putAll(acme, half('acme')), putAll(globex, half('globex'))];
    await eventually(async () => expect((await documentIds('bulk-')).length).toBeGreaterThan(500));
    await lake.close();
    await sleep(4_000);
    await lake.open();
    await Promise.all(writes);

    const written = [...half('acme'), ...half('globex')].map(({ DocumentId }) => DocumentId?.S);
    await eventually(async () =>
      expect(new Set(await documentIds('bulk-')).size).toBe(written.length),
    );
    const delivered = await deliveries();
    const changes = (await changesOf(delivered))
      .map(({ keys }) => JSON.parse(String(keys)).DocumentId.S)
      .filter((id) => id.startsWith('bulk-'));
    expect(changes.sort()).toEqual(written.sort());
    expect(delivered.length).toBeGreaterThan(changes.length + 41);
    expect(await failedBatches.keys()).toEqual([]);
  });

  /** The function's own bug is fixed: it takes a poison record. */
  async function mendFunction(): Promise<void> {
    const { Environment } = await analytics.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }),
    );
    await analytics.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: FUNCTION,
        Environment: { Variables: { ...Environment?.Variables, POISON: 'harmless' } },
      }),
    );
  }

  /** `npm run redrive` as an operator runs it. */
  function redrive(): Promise<unknown> {
    return promisify(execFile)('npm', ['run', '--silent', 'redrive', '--', '--consumer', 'lake'], {
      env: { ...process.env, TOPOLOGY: deployment.file },
    });
  }
});

/** Binaries as they are in a stream record. */
function base64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
