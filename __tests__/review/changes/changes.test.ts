import { type Side, whatChanged } from '../../../review/changes/changes';
import { codeOf } from '../../../review/changes/code';
import type { Section, Text } from '../../../review/model';
import { accessOf, synthesizedStacks } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { consumer, type Overrides, topology } from '../../helpers/topology';

const MEANT = topology();

function sideOf(content: typeof MEANT, allowed: Side['allowed'] = []) {
  const meant = resolved(content);
  return { topology: meant, stacks: synthesizedStacks(meant), code: codeOf(meant), allowed };
}

const before = { ref: 'main', commit: 'abc', generator: [], ...sideOf(MEANT) };

/** Tables of what changed, by title, each row as one line. */
function tablesOf({ sections = [], blocks }: Section): Record<string, string[]> {
  const all = [{ title: 'Stacks', blocks }, ...sections];
  return Object.fromEntries(
    all.flatMap(({ title, blocks: [...own] }) =>
      own.flatMap((block) =>
        block.kind === 'table'
          ? [[title, block.rows.map((row) => row.map(plain).join(' | '))]]
          : [],
      ),
    ),
  );
}

function plain(text: Text): string {
  if (typeof text === 'string') return text;
  return Object.values(text).map(plain).join('');
}

test('a topology without a change', () => {
  const { answer, sections } = whatChanged(before, sideOf(topology()));
  expect([answer, sections]).toEqual(['since main: nothing', []]);
});

const RUNS = 'Who deploys and runs it';
const CONSUMER = 'consumer-process-orders';
const SUBSCRIPTION = 'subscription-orders-process-orders';
const VARIABLES = 'aws_lambda_function environment.variables';

/** The last row of those that are not all that a table has. */
const AND_MORE = 'and more';

/** Changes of which a report of the stacks as they are shows nothing, with rows that show them. */
const CHANGES: Record<string, Record<string, [Overrides, ...unknown[]]>> = {
  [RUNS]: {
    "somebody else's state": [
      { 'state.bucket': 'of-somebody' },
      `terraform backend.s3.bucket | example-terraform-state | of-somebody | ${CONSUMER}, producer-orders, ${SUBSCRIPTION}`,
      `data.terraform_remote_state config.bucket | example-terraform-state | of-somebody | producer-orders consumer_process_orders, ${SUBSCRIPTION} consumer_process_orders, ${SUBSCRIPTION} producer_orders`,
    ],
    'a state of another topology': [
      { 'state.keyPrefix': 'payments' },
      `terraform backend.s3.key | orders/${CONSUMER}.tfstate | payments/${CONSUMER}.tfstate | ${CONSUMER}`,
      AND_MORE,
    ],
    'another role for the state': [
      { 'state.roleArn': 'arn:aws:iam::999999999999:role/Eve' },
      `terraform backend.s3.assume_role.role_arn | – | arn:aws:iam::999999999999:role/Eve | ${CONSUMER}, producer-orders, ${SUBSCRIPTION}`,
      AND_MORE,
    ],
    'a deploy role and its external id': [
      {
        'accounts.shop.deployRole': {
          arn: `arn:aws:iam::444455556666:role/Admin`,
          externalId: 'value',
        },
      },
      'provider aws[0].assume_role[0].external_id | – | a value | producer-orders',
      'provider aws[0].assume_role[0].role_arn | – | arn:aws:iam::444455556666:role/Admin | producer-orders',
    ],
    'a runtime': [
      { 'consumers.process-orders.function.runtime': 'nodejs22.x' },
      `aws_lambda_function runtime | nodejs24.x | nodejs22.x | ${CONSUMER} processor`,
    ],
    'names of variables, never their values': [
      {
        'consumers.process-orders.function.environment': {
          AWS_ENDPOINT_URL_S3: 'https://x.example',
          NODE_OPTIONS: '--import x',
          PLAIN: 'secret',
        },
      },
      `${VARIABLES}.AWS_ENDPOINT_URL_S3 steers the runtime or the SDK | – | a value | ${CONSUMER} processor`,
      `${VARIABLES}.NODE_OPTIONS steers the runtime or the SDK | – | a value | ${CONSUMER} processor`,
      `${VARIABLES}.PLAIN | – | a value | ${CONSUMER} processor`,
    ],
    'little concurrency': [
      { 'consumers.process-orders.function.reservedConcurrentExecutions': 1 },
      `aws_lambda_function reserved_concurrent_executions | – | 1 | ${CONSUMER} processor`,
    ],
    'a managed policy': [
      { 'consumers.process-orders.role.managedPolicyArns': ['arn:aws:iam::aws:policy/Any'] },
      expect.stringContaining(
        'aws_iam_role_policy_attachment policy_arn | – | arn:aws:iam::aws:policy/Any |',
      ),
      AND_MORE,
    ],
  },
  Subscriptions: {
    'no retries': [
      { 'subscriptions[0].maximumRetryAttempts': 0 },
      `aws_lambda_event_source_mapping maximum_retry_attempts | 10 | 0 | ${SUBSCRIPTION} event_source_mapping`,
    ],
  },
  'Replaced or destroyed': {
    'a state that does not have what is deployed': [
      { 'state.bucket': 'of-somebody' },
      `terraform | is created again: the other state does not have it | backend.s3.bucket | ${CONSUMER}, producer-orders, ${SUBSCRIPTION}`,
    ],
    'a position': [
      { 'subscriptions[0].startingPosition': 'LATEST' },
      `aws_lambda_event_source_mapping | is replaced | starting_position | ${SUBSCRIPTION} event_source_mapping`,
    ],
    'no alarms': [
      { 'consumers.process-orders.alarms': false },
      `aws_sns_topic | is destroyed |  | ${CONSUMER} alarms_topic`,
      AND_MORE,
    ],
    'another table': [
      { 'producers.orders.table.name': 'Others' },
      'aws_dynamodb_table | is replaced | name | producer-orders table',
      AND_MORE,
    ],
    'another key of the table': [
      { 'producers.orders.table.partitionKey': { name: 'Id', type: 'S' } },
      'aws_dynamodb_table | cannot change: the plan is refused | hash_key | producer-orders table',
      AND_MORE,
    ],
    'a local index': [
      {
        'producers.orders.table.sortKey': { name: 'Version', type: 'N' },
        'producers.orders.table.localSecondaryIndexes': [
          { name: 'byDate', sortKey: { name: 'Date', type: 'S' } },
        ],
      },
      'aws_dynamodb_table | cannot change: the plan is refused | range_key | producer-orders table',
      'aws_dynamodb_table | cannot change: the plan is refused | local_secondary_index[0].name | producer-orders table',
      AND_MORE,
    ],
    'another view of the stream': [
      { 'producers.orders.table.streamViewType': 'KEYS_ONLY' },
      'aws_dynamodb_table | gets a new stream with another ARN | stream_view_type | producer-orders table',
    ],
  },
  Alarms: {
    'a threshold that is never reached': [
      { 'consumers.process-orders.alarms': { errors: 1_000_000 } },
      `aws_cloudwatch_metric_alarm threshold | 1 | 1000000 | ${CONSUMER} alarms_errors, ${CONSUMER} alarms_failed_changes`,
    ],
    'an address of alarms': [
      { 'consumers.process-orders.alarms': { email: 'eve@example.com' } },
      `aws_sns_topic_subscription endpoint | – | eve@example.com | ${CONSUMER} alarms_email`,
      AND_MORE,
    ],
  },
  Policies: {
    'the account as the principal': [
      { 'producers.orders.streamPolicy': { principal: 'account' } },
      expect.stringContaining('principals[0].identifiers |'),
      AND_MORE,
    ],
  },
  Code: {
    'other code': [
      {
        'consumers.process-orders.function.runtime': 'python3.13',
        'consumers.process-orders.function.code': {
          directory: 'lambda-src/python',
          handler: 'index.handler',
        },
      },
      expect.stringMatching(
        /^ProcessOrders \| lambda-src\/index\.ts [0-9a-f]{16} \| lambda-src\/python [0-9a-f]{16} \| /,
      ),
    ],
  },
  'Other attributes': {
    'failed batches that expire': [
      { 'consumers.process-orders.failedBatches': { expirationInDays: 1 } },
      `aws_s3_bucket_lifecycle_configuration rule[0].expiration[0].days | 30 | 1 | ${CONSUMER} failed_batches_lifecycle`,
    ],
  },
};

describe.each(Object.entries(CHANGES))('%s:', (title, changes) => {
  test.each(Object.entries(changes))('%s', (_, [overrides, ...rows]) => {
    const tables = tablesOf(whatChanged(before, sideOf(topology(overrides))));
    const isAll = rows.at(-1) !== AND_MORE;
    expect(tables[title]).toEqual(isAll ? rows : expect.arrayContaining(rows.slice(0, -1)));
  });
});

test('a value that changed is shown as another, not as itself', () => {
  const withToken = (TOKEN: string) =>
    sideOf(topology({ 'consumers.process-orders.function.environment': { TOKEN } }));
  const changed = whatChanged({ ...before, ...withToken('first') }, withToken('second'));
  expect(tablesOf(changed)).toEqual({
    [RUNS]: [`${VARIABLES}.TOKEN | a value | another value | ${CONSUMER} processor`],
  });
});

test('of a new consumer: its stacks, its access, variables that steer, and all the rest', () => {
  const content = topology({
    'consumers.search': {
      ...consumer('Search'),
      function: { name: 'Search', environment: { NODE_OPTIONS: 'x', PLAIN: 'x' } },
    },
    'subscriptions[1]': { producer: 'orders', consumer: 'search' },
  });
  const allowedOf = (each: typeof MEANT) => accessOf(resolved(each)).allowed;
  const now = sideOf(content, allowedOf(content));
  const old = { ...before, allowed: allowedOf(MEANT) };
  const tables = tablesOf(whatChanged(old, now));
  expect(tables.Stacks).toEqual([
    'new | consumer-search | 111122223333 in us-east-1 | the credentials of whoever runs Terraform | s3://example-terraform-state/orders/consumer-search.tfstate',
    'new | subscription-orders-search | 111122223333 in us-east-1 | the credentials of whoever runs Terraform | s3://example-terraform-state/orders/subscription-orders-search.tfstate',
  ]);
  expect(tables.Access?.[0]).toBe(
    'role SearchRole of 111122223333 | may now | dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator | stream Orders | 444455556666 | resource policy: AllowCrossAccountStreamAccess, role: streams/ReadStreams',
  );
  expect(tables[RUNS]).toContain(
    `${VARIABLES}.NODE_OPTIONS steers the runtime or the SDK | – | a value | consumer-search processor`,
  );
  expect(tables['All of the new and removed stacks']).toContain(
    `${VARIABLES}.PLAIN | – | a value | consumer-search processor`,
  );
  // The other way round they are removed.
  const removed = tablesOf(whatChanged({ ...old, ...now }, { ...before, ...old }));
  expect(removed.Stacks?.map((row) => row.split(' | ').slice(0, 2))).toEqual([
    ['removed; what it deployed stays until it is destroyed', 'consumer-search'],
    ['removed; what it deployed stays until it is destroyed', 'subscription-orders-search'],
  ]);
  expect(removed.Access?.[0]).toMatch(/^role SearchRole of 111122223333 \| may no longer \| /);
});

describe('what a function itself may call', () => {
  const withStatements = (...statements: object[]) => {
    const content = topology({ 'consumers.process-orders.role': { name: 'Role', statements } });
    return sideOf(content, accessOf(resolved(content)).granted);
  };
  const accessOfChange = (old: ReturnType<typeof sideOf>, now: ReturnType<typeof sideOf>) =>
    tablesOf(whatChanged({ ...before, ...old }, now)).Access;
  const send = { sid: 'Send', actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:::a'] };
  const tls = { test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] };
  const who = 'role Role of 111122223333';
  const by = 'any | role: Role-statements/';

  test('by a statement that is added, and one that loses its condition', () => {
    const read = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::b/*'] };
    const old = withStatements({ ...send, conditions: [tls] });
    const now = withStatements({ ...send, resources: ['arn:aws:sqs:::a', '*'] }, read);
    expect(accessOfChange(old, now)).toEqual([
      `${who} | may now | sqs:SendMessage | resource arn:aws:sqs:::a | ${by}Send`,
      `${who} | may now | sqs:SendMessage | resource * | ${by}Send`,
      `${who} | may now | s3:GetObject | resource arn:aws:s3:::b/* | ${by}statement 2`,
    ]);
  });

  test('by a statement that is widened: nothing is lost; and the other way round', () => {
    const narrow = withStatements(send);
    const wide = withStatements({ ...send, actions: ['SQS:*'], resources: ['*'] });
    const row = `SQS:* | resource * | ${by}Send`;
    expect(accessOfChange(narrow, wide)).toEqual([`${who} | may now | ${row}`]);
    expect(accessOfChange(wide, narrow)).toEqual([`${who} | may no longer | ${row}`]);
  });

  test('by a statement that gets a condition: without it is lost', () => {
    const only = withStatements({ ...send, conditions: [tls] });
    expect(accessOfChange(withStatements(send), only)).toEqual([
      `${who} | may no longer | sqs:SendMessage | resource arn:aws:sqs:::a | ${by}Send`,
    ]);
  });
});

test.each([
  [true, false, 'false now: the code of ProcessOrders may itself'],
  [false, true, 'true now: the code of ProcessOrders may no longer'],
])('pollerOnly from %s to %s is said in words before all conditions', (old, now, words) => {
  const withPollerOnly = (pollerOnly: boolean) =>
    sideOf(topology({ 'consumers.process-orders.role.pollerOnly': pollerOnly }));
  const changed = whatChanged({ ...before, ...withPollerOnly(old) }, withPollerOnly(now));
  const [block] = changed.sections?.[0]?.blocks ?? [];
  expect(block?.kind === 'paragraph' && plain(block.text)).toBe(
    `consumers.process-orders.role.pollerOnly is ${words} read the streams and reach the failed batches (tables: Orders).`,
  );
});

test('another generator is said first', () => {
  const { blocks } = whatChanged({ ...before, generator: ['stacks/a.ts'] }, sideOf(MEANT));
  expect(blocks.map((block) => (block.kind === 'paragraph' ? plain(block.text) : ''))).toEqual([
    'The generator or its dependencies differ from main: stacks/a.ts. Both sides are synthesized by the generator of the working directory: what its own changes do to the stacks is not shown.',
    'Compared with main (abc).',
    'Nothing changed.',
  ]);
});

test('a topology that is new', () => {
  const { answer } = whatChanged({ ...before, topology: undefined, stacks: [] }, sideOf(MEANT));
  expect(answer).toBe('The topology file is not there yet: everything is new.');
});
