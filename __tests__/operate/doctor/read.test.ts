/** What is asked of AWS, and what of the answers is kept. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { FUNCTION_METRICS, MAPPING_METRICS } from '../../../constructs/monitoring/metrics';
import type { Accounts } from '../../../operate/doctor/read/accounts';
import { readAlarms, readEmail } from '../../../operate/doctor/read/alarms';
import type { Clients } from '../../../operate/doctor/read/clients';
import { readFailedBatches } from '../../../operate/doctor/read/failed-batches';
import { readFunction, readUnreserved } from '../../../operate/doctor/read/function';
import { readKey } from '../../../operate/doctor/read/key';
import { listMappings, readMapping } from '../../../operate/doctor/read/mapping';
import { readMetrics } from '../../../operate/doctor/read/metrics';
import { readNamedKeys } from '../../../operate/doctor/read/named-keys';
import { Reader } from '../../../operate/doctor/read/reader';
import { readRolePolicies } from '../../../operate/doctor/read/role';
import type { StackState } from '../../../operate/doctor/read/states';
import { s3Settings } from '../../../operate/redrive/aws';
import type { Overrides } from '../../helpers/topology';
import { factsOf } from './support/facts';
import { NOW, UUID } from './support/processing';

type Answer = (input: Record<string, unknown>) => object;

/** An account that answers calls by their names, and what was asked. */
function account(answers: Readonly<Record<string, Answer>>) {
  const asked: { readonly call: string; readonly input: Record<string, unknown> }[] = [];
  const settings = {
    ...s3Settings(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  };
  const clients = {
    cloudwatch: new CloudWatchClient(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client(settings),
    sns: new SNSClient(settings),
  };
  for (const { middlewareStack } of Object.values(clients)) {
    const answer =
      (_next: unknown, { commandName = '' }) =>
      async ({ input }: { input: object }) => {
        const call = commandName.replace('Command', '');
        asked.push({ call, input: input as Record<string, unknown> });
        const found = answers[call];
        if (!found)
          throw Object.assign(new Error('not here'), { name: 'ResourceNotFoundException' });
        return { output: found(input as Record<string, unknown>), response: {} };
      };
    (middlewareStack.add as (middleware: unknown, options: object) => void)(answer, {
      step: 'initialize',
      priority: 'high',
    });
  }
  return { reader: new Reader('analytics', 'a role', clients as unknown as Clients), asked };
}

function consumerOf(overrides: Overrides = {}) {
  const [found] = factsOf(overrides).consumers;
  if (!found) throw new Error('no consumer');
  return found.consumer;
}

describe('metrics', () => {
  const { errors, iteratorAge } = FUNCTION_METRICS;
  const series = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      metric: MAPPING_METRICS.polls,
      owner: `mapping-${index}`,
      period: 300,
    }));

  test('all series are asked for in one call, of a day until now', async () => {
    const { reader, asked } = account({ GetMetricData: () => ({}) });
    await readMetrics(reader, 'consumer', [{ metric: errors, owner: 'F', period: 300 }], NOW);
    expect(asked).toEqual([
      {
        call: 'GetMetricData',
        input: {
          MetricDataQueries: [
            {
              Id: 'm0',
              MetricStat: {
                Metric: {
                  Namespace: 'AWS/Lambda',
                  MetricName: 'Errors',
                  Dimensions: [{ Name: 'FunctionName', Value: 'F' }],
                },
                Period: 300,
                Stat: 'Sum',
              },
            },
          ],
          StartTime: new Date('2026-11-26T12:00:00Z'),
          EndTime: new Date('2026-11-27T12:01:00Z'),
          ScanBy: 'TimestampDescending',
        },
      },
    ]);
  });

  test.each([
    [0, []],
    [1001, [500, 500, 1]],
  ])('%i series are asked for in calls of at most 500', async (count, calls) => {
    const { reader, asked } = account({ GetMetricData: () => ({}) });
    await readMetrics(reader, 'consumer', series(count), NOW);
    const counts = asked.map(({ input }) => (input.MetricDataQueries as unknown[]).length);
    expect(counts).toEqual(calls);
  });

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
  test('values of several pages are put together, and each is of its own metric and owner', async () => {
    const at = (time: string) => new Date(`2026-11-27T${time}:00Z`);
    const { reader } = account({
      GetMetricData: ({ NextToken }) =>
        NextToken
          ? { MetricDataResults: [{ Id: 'm0', Timestamps: [at('11:40')], Values: [7] }] }
          : {
              NextToken: 'more',
              MetricDataResults: [
                { Id: 'm0', Timestamps: [at('11:55'), at('11:50')], Values: [1, 2] },
                { Id: 'm1', Timestamps: [at('11:50')], Values: [90] },
              ],
            },
    });
    const all = [errors, iteratorAge].map((metric) => ({ metric, owner: 'F', period: 300 }));
    const metrics = await readMetrics(reader, 'consumer', all, NOW);
    expect(metrics.of(errors, 'F')).toEqual([
      { at: at('11:55'), value: 1 },
      { at: at('11:50'), value: 2 },
      { at: at('11:40'), value: 7 },
    ]);
    expect(metrics.sum(errors, 'F', 15)).toBe(3);
    expect(metrics.sum(iteratorAge, 'F')).toBe(90);
    expect(metrics.sum(errors, 'G')).toBe(0);
  });

  test('what may not be read is said once, and is 0', async () => {
    const { reader } = account({
      GetMetricData: () => {
        throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      },
    });
    const metrics = await readMetrics(reader, 'consumer', series(1001), NOW);
    expect(metrics.sum(MAPPING_METRICS.polls, 'mapping-0')).toBe(0);
    expect(reader.causes.map(({ cause, stack, part }) => [cause, stack, part])).toEqual([
      ['not-readable', 'consumer', 'metrics'],
    ]);
  });
});

test('keys are looked for by the aliases of stacks whose states lack one of both', async () => {
  const { reader, asked } = account({ DescribeKey: () => ({ KeyMetadata: { KeyId: 'a-key' } }) });
  const encryption = 'customer-managed';
  const { topology, stacks, states } = factsOf(
    {
      'consumers.process-orders.encryption': encryption,
      'producers.orders.table.encryption': encryption,
    },
    { states: { 'consumer-process-orders': () => ({ state: 'absent' }) } },
  );
  const accounts = { of: async () => reader } as unknown as Accounts;
  const found = await readNamedKeys(topology, stacks, states, accounts);
  expect(found.map(({ key, alias, live }) => [key, alias, live])).toEqual([
    ['aws_kms_key.alarms_topic_key', 'aws_kms_alias.alarms_topic_key_alias', { KeyId: 'a-key' }],
    ['aws_kms_key.consumer_key', 'aws_kms_alias.consumer_key_alias', { KeyId: 'a-key' }],
  ]);
  expect(asked.map(({ call, input }) => [call, input.KeyId])).toEqual([
    ['DescribeKey', 'alias/sns/ProcessOrders-alarms'],
    ['DescribeKey', 'alias/lambda/ProcessOrders'],
  ]);
});

describe('alarms', () => {
  test('those that are not OK are read, page by page', async () => {
    const { reader, asked } = account({
      DescribeAlarms: ({ StateValue, NextToken }) => ({
        MetricAlarms: [{ AlarmName: `${StateValue} ${NextToken ?? 1}`, StateValue }],
        NextToken: StateValue === 'ALARM' && !NextToken ? '2' : undefined,
      }),
    });
    const found = await readAlarms(reader, consumerOf());
    expect(found).toMatchObject([
      { AlarmName: 'ALARM 1' },
      { AlarmName: 'ALARM 2' },
      { AlarmName: 'INSUFFICIENT_DATA 1' },
    ]);
    expect(asked.map(({ input }) => input.AlarmNamePrefix)).toEqual(
      Array.from({ length: 3 }, () => 'ProcessOrders-'),
    );
  });

  test('without alarms nothing is asked', async () => {
    const { reader, asked } = account({});
    const consumer = consumerOf({ 'consumers.process-orders.alarms': false });
    expect(await readAlarms(reader, consumer)).toEqual([]);
    expect(await readEmail(reader, consumer)).toBe('unknown');
    expect(asked).toEqual([]);
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
  test('of the subscriptions of a topic the address is read', async () => {
    const email = 'ops@example.com';
    const { reader, asked } = account({
      ListSubscriptionsByTopic: ({ NextToken }) => ({
        NextToken: NextToken ? undefined : '2',
        Subscriptions: [
          {
            SubscriptionArn: `arn:${NextToken ?? 1}`,
            Endpoint: NextToken ? email : 'other@example.com',
          },
        ],
      }),
    });
    const consumer = consumerOf({ 'consumers.process-orders.alarms': { email } });
    expect(await readEmail(reader, consumer)).toEqual([
      { SubscriptionArn: 'arn:2', Endpoint: email },
    ]);
    const TopicArn = 'arn:aws:sns:us-east-1:111122223333:ProcessOrders-alarms';
    expect(asked.map(({ input }) => input.TopicArn)).toEqual([TopicArn, TopicArn]);
  });
});

describe('the function', () => {
  test('is read by its ARN, with its reserved concurrency and without the address of its code', async () => {
    const { reader, asked } = account({
      GetFunction: () => ({
        Configuration: { FunctionName: 'ProcessOrders', State: 'Active' },
        Code: { Location: 'https://example.com/signed' },
        Concurrency: { ReservedConcurrentExecutions: 0 },
      }),
    });
    expect(await readFunction(reader, consumerOf())).toEqual({
      FunctionName: 'ProcessOrders',
      State: 'Active',
      reserved: 0,
    });
    expect(asked[0]?.input).toEqual({
      FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
    });
  });

  test('is absent where AWS has none', async () => {
    expect(await readFunction(account({}).reader, consumerOf())).toBe('absent');
  });

  // https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
  test('shares the concurrency of the account', async () => {
    const { reader } = account({
      GetAccountSettings: () => ({
        AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 },
      }),
    });
    expect(await readUnreserved(reader, consumerOf())).toBe(900);
  });
});

test('the policies of a role of others are read, and which are attached to it', async () => {
  const { reader, asked } = account({
    ListRolePolicies: () => ({ PolicyNames: ['own'] }),
    ListAttachedRolePolicies: () => ({ AttachedPolicies: [{ PolicyArn: 'arn' }] }),
    GetRolePolicy: () => ({ PolicyDocument: encodeURIComponent('{"Statement":[]}') }),
  });
  const existing = 'arn:aws:iam::111122223333:role/team/Theirs';
  const consumer = consumerOf({ 'consumers.process-orders.role': { existing } });
  expect(await readRolePolicies(reader, consumer)).toEqual({
    inline: new Map([['own', { Statement: [] }]]),
    attached: ['arn'],
  });
  expect(asked.map(({ input }) => input.RoleName)).toEqual(['Theirs', 'Theirs', 'Theirs']);
});

describe('the mapping', () => {
  const [facts] = factsOf().subscriptions;
  const read = async (state: unknown, answers: Readonly<Record<string, Answer>> = {}) => {
    if (!facts) throw new Error('no subscription');
    const { reader, asked } = account(answers);
    const { consumer, subscription } = facts;
    const existing = state === 'absent' ? await listMappings(reader, consumer.consumer) : 'unknown';
    const stackState = { account: 'analytics', stack: 's', state, lock: 'absent' } as StackState;
    return { mapping: await readMapping(reader, subscription, stackState, existing), asked };
  };
  const state = { outputs: { event_source_mapping_uuid: `${UUID}0` }, resources: new Map() };

  test('is read by the UUID of the state', async () => {
    const answers = { GetEventSourceMapping: () => ({ State: 'Enabled' }) };
    const { mapping, asked } = await read(state, answers);
    expect(mapping).toEqual({ State: 'Enabled' });
    expect(asked).toEqual([{ call: 'GetEventSourceMapping', input: { UUID: `${UUID}0` } }]);
  });

  test('is absent where it was deleted', async () => {
    expect((await read(state)).mapping).toBe('absent');
  });

  test('without a state is one of the function that reads the table', async () => {
    const of = (table: string) => ({
      UUID: table,
      EventSourceArn: `arn:aws:dynamodb:us-east-1:444455556666:table/${table}/stream/2026`,
    });
    const answers = {
      ListEventSourceMappings: () => ({
        EventSourceMappings: [of('OrdersOfOthers'), of('Orders')],
      }),
    };
    const { mapping, asked } = await read('absent', answers);
    expect(mapping).toEqual(of('Orders'));
    expect(asked).toEqual([
      {
        call: 'ListEventSourceMappings',
        input: {
          FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
        },
      },
    ]);
    expect((await read('absent')).mapping).toBe('unknown');
  });

  test.each([['unknown'], [{ outputs: {}, resources: new Map() }]])(
    'is not known where the state is %j',
    async (stateOfStack) => {
      expect(await read(stateOfStack)).toEqual({ mapping: 'unknown', asked: [] });
    },
  );
});

test('a key of another account is not asked for', async () => {
  const { reader } = account({});
  const KeyId = 'arn:aws:kms:us-east-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  expect(await readKey(reader, consumerOf(), KeyId)).toBe('unknown');
  expect(reader.causes).toEqual([]);
});

test('failed batches are listed in the bucket of the account, as far as there is use', async () => {
  const keys = Array.from({ length: 1000 }, () => ({ Key: `aws/lambda/${UUID}0/x` }));
  const { reader, asked } = account({
    ListObjectsV2: () => ({ Contents: keys, NextContinuationToken: 'more', IsTruncated: true }),
  });
  expect(await readFailedBatches(reader, consumerOf())).toEqual([]);
  expect(asked).toHaveLength(20);
  expect(asked[0]?.input).toMatchObject({
    Bucket: 'process-orders-failed-batches-025f751830a2',
    Prefix: 'aws/lambda/',
    ExpectedBucketOwner: '111122223333',
  });
});
