import type { KeyState } from '@aws-sdk/client-kms';
import type { Key } from '../../../operate/doctor/read/key';
import type { LiveProducer } from '../../../operate/doctor/read/producer';
import type { State } from '../../../operate/doctor/read/states';
import type { PolicyDocument } from '../../../review/read/policy-document';
import {
  existingStream,
  existingTable,
  type Overrides,
  TWO_ACCOUNTS,
} from '../../helpers/topology';
import { type Faults, found } from './support/facts';

const CONSUMER = 'consumer-process-orders';
const PRODUCER = 'producer-orders';
const SUBSCRIPTION = 'subscription-orders-process-orders';
const ROLE = 'arn:aws:iam::111122223333:role/ProcessOrdersRole';
const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
const KEY = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const OTHERS = 'arn:aws:iam::999999999999:role/Reader';

test.each<[string, Overrides]>([
  ['a table and a function of the topology', {}],
  ['no alarms', { 'consumers.process-orders.alarms': false }],
  ['a subscription that is off', { 'subscriptions[0].enabled': false }],
  ['readers of other teams', { 'producers.orders.streamPolicy': { readers: [OTHERS] } }],
  [
    'readers alone',
    {
      consumers: undefined,
      subscriptions: [],
      'producers.orders.streamPolicy': { readers: [OTHERS] },
    },
  ],
  ['an existing table', existingTable()],
  ['an existing stream', existingStream()],
  ['two accounts', TWO_ACCOUNTS],
  ['the account as principal', { 'producers.orders.streamPolicy': { principal: 'account' } }],
  ['reads of the table', { 'subscriptions[0].readTable': true }],
  ['an existing role', { 'consumers.process-orders.role': { existing: ROLE } }],
  [
    'keys of its own',
    {
      'consumers.process-orders.encryption': 'customer-managed',
      'producers.orders.table.encryption': 'customer-managed',
    },
  ],
])('a healthy deployment with %s has no cause', (_, overrides) => {
  expect(found({ overrides })).toEqual([]);
});

const stateOf =
  (change: (state: State) => Partial<State>) =>
  ({ state }: { readonly state: unknown }) => ({
    state: { ...(state as State), ...change(state as State) },
  });

const attribute =
  (address: string, name: string, value: unknown) =>
  ({ resources }: State) => ({
    resources: new Map(resources).set(address, { ...resources.get(address), [name]: value }),
  });

const without =
  (...addresses: string[]) =>
  ({ resources }: State) => ({
    resources: new Map([...resources].filter(([address]) => !addresses.includes(address))),
  });

const policy = (change: (text: string) => string) => (document: unknown) =>
  JSON.parse(change(JSON.stringify(document))) as PolicyDocument;

const streamPolicy = (change: (text: string) => string): Faults => ({
  producer: ({ streamPolicy: live }) => ({ streamPolicy: policy(change)(live) }),
});

const CUSTOMER: Overrides = { 'producers.orders.table.encryption': 'customer-managed' };

const key = (
  metadata: Partial<Key['metadata']>,
  overrides = CUSTOMER,
  statement?: object,
): Faults => ({
  overrides,
  producer: ({ table }) => ({
    table: { ...(table as object), SSEDescription: { KMSMasterKeyArn: KEY } },
    key: {
      metadata: { KeyId: KEY, Arn: KEY, KeyState: 'Enabled', KeyManager: 'CUSTOMER', ...metadata },
      policy: statement ? ({ Statement: statement } as PolicyDocument) : 'unknown',
    },
  }),
});

const decryptedBy = (AWS: string) =>
  key({}, CUSTOMER, { Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' });

const table = (change: object, more: Partial<LiveProducer> = {}): Faults => ({
  producer: ({ table }) => ({ table: { ...(table as object), ...change }, ...more }),
});

/** A resource that the state of its stack lacks. */
const exists = (place: string, address: string, id: string) => {
  const [, stack] = place.split(' ');
  const run = `terraform -chdir=cdktf.out/stacks/${stack}`;
  return [
    `exists-without-state ${place}`,
    `${address} (${id}) exists in AWS and is not in the state of ${stack}: a deploy that creates it fails`,
    `if it is the one of this stack: npm run synth && ${run} init -upgrade && ${run} import ${address} ${id}; docs/repair.md has the others; then npm run deploy -- ${stack}`,
  ];
};

const allow = (Action: string, Resource: string) =>
  ({ Effect: 'Allow', Action, Resource }) as const;

/** With what its owner should give it, and the statements that it has by the names of policies. */
const roleOfOthers = (
  policies: Readonly<Record<string, PolicyDocument['Statement']>>,
  attached: string[] = [],
): Faults => ({
  overrides: { 'consumers.process-orders.role': { existing: ROLE } },
  consumer: () => ({
    rolePolicies: {
      inline: new Map(
        Object.entries(policies).map(([name, Statement]) => [name, { Statement }] as const),
      ),
      attached,
    },
  }),
  states: {
    [CONSUMER]: stateOf(({ outputs }) => ({
      outputs: {
        ...outputs,
        role_policy: JSON.stringify({
          Statement: allow('s3:PutObject', 'arn:aws:s3:::failed/aws/lambda/*'),
        }),
        further_role_policies: [JSON.stringify({ Statement: allow('dynamodb:ListStreams', '*') })],
      },
    })),
  },
});

const OF_OWNER =
  'its owner gives it what this prints: npm run synth && terraform -chdir=cdktf.out/stacks/consumer-process-orders init -upgrade && terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw role_policy';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';

/** A key that its alias names, and the state of whose stack lacks these. */
const namedKey = (
  stack: string,
  [name, key, alias]: readonly [string, string, string],
  state: (state: State) => Partial<State>,
  KeyState: KeyState = 'Enabled',
): Faults => {
  const live = { KeyId: KEY_ID, Arn: KEY, KeyState };
  return {
    overrides: {
      'consumers.process-orders.encryption': 'customer-managed',
      'producers.orders.table.encryption': 'customer-managed',
    },
    states: { [stack]: stateOf(state) },
    namedKeys: [{ stack, name, key, alias, live }],
  };
};

const TOPIC = [
  'alias/sns/ProcessOrders-alarms',
  'aws_kms_key.alarms_topic_key',
  'aws_kms_alias.alarms_topic_key_alias',
] as const;

const existsKey = (place: string, address: string, name: string, has: string, remedy: string) => [
  `exists-without-state ${place}`,
  `${address} (${KEY_ID}, with the alias ${name}) exists in AWS, and the state of ${place.split(' ')[1]} has ${has}: import it before anything else, since a deploy creates a second one`,
  remedy,
];

const ofStack = (stack: string, ...args: string[]) =>
  `npm run synth && terraform -chdir=cdktf.out/stacks/${stack} init -upgrade && terraform -chdir=cdktf.out/stacks/${stack} ${args.join(' ')}`;

const FAULTS: [string, Faults, ...string[]][] = [
  ...[
    [CONSUMER, 'analytics', ...TOPIC] as const,
    [
      CONSUMER,
      'analytics',
      'alias/lambda/ProcessOrders',
      'aws_kms_key.consumer_key',
      'aws_kms_alias.consumer_key_alias',
    ] as const,
    [
      PRODUCER,
      'shop',
      'alias/dynamodb/Orders',
      'aws_kms_key.key',
      'aws_kms_alias.key_alias',
    ] as const,
  ].map(([stack, account, ...names]): [string, Faults, ...string[]] => {
    const [name, address, alias] = names;
    const place = `${account} ${stack} key`;
    return [
      `${address} and its alias without a state, which are first`,
      namedKey(stack, names, without(address, alias)),
      ...existsKey(place, address, name, 'none', ofStack(stack, 'import', address, KEY_ID)),
      ...exists(place, alias, name),
    ];
  }),
  [
    'a key that is in the state, and an alias that is not',
    namedKey(CONSUMER, TOPIC, without(TOPIC[2])),
    ...exists('analytics consumer-process-orders key', TOPIC[2], TOPIC[0]),
  ],
  [
    'a second key, which a deploy created without the state',
    namedKey(CONSUMER, TOPIC, (state) => {
      const { resources } = without(TOPIC[2])(state);
      return { resources: resources.set(TOPIC[1], { key_id: 'second' }) };
    }),
    ...existsKey(
      'analytics consumer-process-orders key',
      TOPIC[1],
      TOPIC[0],
      'another one, second',
      `${ofStack(CONSUMER, 'state', 'rm', TOPIC[1])}; then ${ofStack(CONSUMER, 'import', TOPIC[1], KEY_ID)}; what to do with second: docs/repair.md`,
    ),
    ...exists('analytics consumer-process-orders key', TOPIC[2], TOPIC[0]),
  ],
  [
    'a key without a state that is disabled, which Terraform does not import',
    namedKey(CONSUMER, TOPIC, without(TOPIC[1]), 'Disabled'),
    ...existsKey(
      'analytics consumer-process-orders key',
      TOPIC[1],
      TOPIC[0],
      'none',
      `it is Disabled: with credentials of 444455556666: aws kms enable-key --key-id ${KEY} --region us-east-1; ${ofStack(CONSUMER, 'import', TOPIC[1], KEY_ID)}`,
    ),
  ],
  [
    'a stack without a state',
    {
      consumer: () => ({ mappings: new Map() }),
      states: { [SUBSCRIPTION]: () => ({ state: 'absent' }) },
    },
    'not-deployed analytics subscription-orders-process-orders state',
    'subscription-orders-process-orders is not deployed: s3://example-terraform-state/orders/subscription-orders-process-orders.tfstate has no resources',
    'npm run deploy -- subscription-orders-process-orders',
  ],
  [
    'a lock',
    {
      states: {
        [CONSUMER]: () => ({
          lock: {
            ID: 'a1-b2',
            Who: 'ann@host',
            Created: '2026-11-27T11:30:00Z',
            Operation: 'OperationTypeApply',
          },
        }),
      },
    },
    'locked analytics consumer-process-orders state',
    'the state of consumer-process-orders is locked by ann@host since 2026-11-27T11:30:00Z (30 minutes ago), for apply, so it cannot be deployed',
    'wait where that run goes on; if it is over and left its lock: npm run synth && terraform -chdir=cdktf.out/stacks/consumer-process-orders init -upgrade && terraform -chdir=cdktf.out/stacks/consumer-process-orders force-unlock a1-b2',
  ],
  [
    'a batch size that was not deployed',
    {
      states: {
        [SUBSCRIPTION]: stateOf(
          attribute('aws_lambda_event_source_mapping.event_source_mapping', 'batch_size', 50),
        ),
      },
    },
    'state-older analytics subscription-orders-process-orders state',
    'the topology has been changed, and subscription-orders-process-orders not deployed since: aws_lambda_event_source_mapping.event_source_mapping batch_size is 50, in the topology 100',
    'look at what a deploy changes: npm run plan -- subscription-orders-process-orders; then npm run deploy -- subscription-orders-process-orders',
  ],
  [
    'another code',
    {
      states: {
        [CONSUMER]: stateOf(
          attribute(
            'data.archive_file.processor_archive',
            'source_dir',
            './assets/0123456789ABCDEF0123456789ABCDEF',
          ),
        ),
      },
    },
    'state-older analytics consumer-process-orders state',
    expect.stringMatching(
      /^the topology has been changed, and consumer-process-orders not deployed since: the code of the function is 0123456789ABCDEF0123456789ABCDEF, in the topology [0-9A-F]{32}$/,
    ),
    'look at what a deploy changes: npm run plan -- consumer-process-orders; then npm run deploy -- consumer-process-orders',
  ],
  [
    'an alarm that the state lacks',
    { states: { [CONSUMER]: stateOf(without('aws_cloudwatch_metric_alarm.alarms_errors')) } },
    'state-older analytics consumer-process-orders state',
    'not all of consumer-process-orders is in its state: the topology was changed since, a deploy stopped, or the state lost it: the state lacks aws_cloudwatch_metric_alarm.alarms_errors',
    'look at what a deploy changes: npm run plan -- consumer-process-orders; import what it wants to create and AWS has (docs/repair.md), then npm run deploy -- consumer-process-orders',
  ],
  [
    'an alarm more and one less',
    {
      states: {
        [CONSUMER]: stateOf((state) => ({
          resources: new Map(
            without('aws_cloudwatch_metric_alarm.alarms_errors')(state).resources,
          ).set('aws_sns_topic.former', {}),
        })),
      },
    },
    'state-older analytics consumer-process-orders state',
    'the topology has been changed, and consumer-process-orders not deployed since: the state lacks aws_cloudwatch_metric_alarm.alarms_errors, the topology lacks aws_sns_topic.former',
    'look at what a deploy changes: npm run plan -- consumer-process-orders; then npm run deploy -- consumer-process-orders',
  ],
  [
    'a table that the state lacks',
    { states: { [PRODUCER]: stateOf(without('aws_dynamodb_table.table')) } },
    ...exists('shop producer-orders table', 'aws_dynamodb_table.table', 'Orders'),
  ],
  [
    'all of a consumer without a state',
    { states: { [CONSUMER]: () => ({ state: 'absent' }) } },
    ...exists(
      'analytics consumer-process-orders role',
      'aws_iam_role.execution_role',
      'ProcessOrdersRole',
    ),
    ...exists(
      'analytics consumer-process-orders function',
      'aws_lambda_function.processor',
      'ProcessOrders',
    ),
    ...exists(
      'analytics consumer-process-orders log',
      'aws_cloudwatch_log_group.log',
      '/aws/lambda/ProcessOrders',
    ),
    ...exists(
      'analytics consumer-process-orders failed batches',
      'aws_s3_bucket.failed_batches',
      'process-orders-failed-batches-025f751830a2',
    ),
  ],
  [
    'a mapping without a state',
    { states: { [SUBSCRIPTION]: () => ({ state: 'absent' }) } },
    ...exists(
      'analytics subscription-orders-process-orders mapping',
      'aws_lambda_event_source_mapping.event_source_mapping',
      '14e0db71-5d35-4eb5-b481-8945cf9d10c0',
    ),
  ],
  [
    'a role that is gone',
    { consumer: () => ({ role: 'absent', rolePolicies: 'unknown' }) },
    'role-missing analytics consumer-process-orders role',
    'the role arn:aws:iam::111122223333:role/ProcessOrdersRole does not exist, so Lambda can neither read streams nor run the function',
    'npm run deploy',
  ],
  [
    'a role of others that is gone',
    {
      overrides: { 'consumers.process-orders.role': { existing: ROLE } },
      consumer: () => ({ role: 'absent' }),
    },
    'role-missing analytics consumer-process-orders role',
    'the role arn:aws:iam::111122223333:role/ProcessOrdersRole does not exist, so Lambda can neither read streams nor run the function',
    'its owner creates it again, with what this prints: npm run synth && terraform -chdir=cdktf.out/stacks/consumer-process-orders init -upgrade && terraform -chdir=cdktf.out/stacks/consumer-process-orders output -raw role_policy',
  ],
  [
    'another role of the same name',
    { consumer: ({ role }) => ({ role: { ...(role as object), RoleId: 'AROANEW' } as never }) },
    'role-replaced analytics consumer-process-orders role',
    'the role arn:aws:iam::111122223333:role/ProcessOrdersRole was deleted and created again outside of Terraform: its ID is AROANEW, and AROAEXAMPLEEXAMPLE000 in the state; policies and grants that named the former one do not hold for it',
    'npm run deploy',
  ],
  [
    'a role without a policy',
    {
      consumer: ({ rolePolicies }) => ({
        rolePolicies: {
          ...(rolePolicies as object),
          inline: new Map(
            [...(rolePolicies as never as { inline: Map<string, PolicyDocument> }).inline].slice(1),
          ),
        } as never,
      }),
    },
    'policy-missing analytics consumer-process-orders role',
    'the role arn:aws:iam::111122223333:role/ProcessOrdersRole does not have its policy function',
    'npm run deploy -- consumer-process-orders',
  ],
  [
    'a role of others that lost all policies',
    roleOfOthers({}),
    'policy-missing analytics consumer-process-orders role',
    'no policy of the role arn:aws:iam::111122223333:role/ProcessOrdersRole allows s3:PutObject, dynamodb:ListStreams',
    OF_OWNER,
  ],
  [
    'a role of others that may write elsewhere',
    roleOfOthers({
      theirs: [
        allow('s3:*', 'arn:aws:s3:::other/*'),
        { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' },
        allow('dynamodb:liststreams', '*'),
      ],
    }),
    'policy-differs analytics consumer-process-orders role',
    'no policy of the role arn:aws:iam::111122223333:role/ProcessOrdersRole allows s3:PutObject',
    OF_OWNER,
  ],
  [
    'a role of others that may do it in other words',
    roleOfOthers({
      one: [allow('s3:Put*', 'arn:aws:s3:::failed/aws/*')],
      two: [{ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::*' }],
    }),
  ],
  [
    'a role of others with a policy that is not read',
    roleOfOthers({}, ['arn:aws:iam::aws:policy/AdministratorAccess']),
  ],
  [
    'a table that is gone',
    { producer: () => ({ table: 'absent', streamPolicy: 'unknown' }) },
    'stream-off shop producer-orders table',
    'the table arn:aws:dynamodb:us-east-1:444455556666:table/Orders does not exist, so it has no stream',
    'where it had items, restore a backup under the name Orders: a deploy creates an empty table; then npm run deploy -- producer-orders',
  ],
  [
    'a stream that is off',
    table({ StreamSpecification: undefined }, { streamPolicy: 'unknown' }),
    'stream-off shop producer-orders stream',
    'the table arn:aws:dynamodb:us-east-1:444455556666:table/Orders has no stream: changes that are written now are not recorded',
    'npm run deploy',
  ],
  [
    'a stream of an existing table that is off',
    {
      overrides: existingTable(),
      producer: ({ table }) => ({
        table: { ...(table as object), StreamSpecification: undefined },
        streamPolicy: 'unknown',
      }),
    },
    'stream-off shop producer-orders stream',
    'the table arn:aws:dynamodb:us-east-1:444455556666:table/Orders has no stream: changes that are written now are not recorded',
    'with credentials of 444455556666: aws dynamodb update-table --table-name Orders --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --region us-east-1; then npm run deploy',
  ],
  [
    'another stream',
    table({ LatestStreamArn: STREAM.replace('2026-01', '2026-02') }, { streamPolicy: 'absent' }),
    'stream-replaced shop producer-orders stream',
    'the stream was turned off and on again outside of Terraform: it is arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-02-01T00:00:00.000, and arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000 in the state; what reads the former one gets no new changes',
    'npm run deploy',
  ],
  [
    'a mapping of another stream',
    {
      consumer: ({ mappings }) => ({
        mappings: new Map(
          [...mappings].map(([stack, mapping]) => [
            stack,
            { ...(mapping as object), EventSourceArn: STREAM.replace('2026-01', '2025-01') },
          ]),
        ),
      }),
    },
    'stream-replaced analytics subscription-orders-process-orders mapping',
    'the mapping reads arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2025-01-01T00:00:00.000, and the stream of the table is arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000: it gets no new changes',
    'npm run deploy -- subscription-orders-process-orders',
  ],
  [
    'another view type',
    table({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }),
    'view-type-differs shop producer-orders stream',
    'the stream has KEYS_ONLY, in the topology NEW_AND_OLD_IMAGES: records lack what the function expects',
    'npm run deploy',
  ],
  [
    'no policy of the stream',
    { producer: () => ({ streamPolicy: 'absent' }) },
    'policy-missing shop producer-orders stream policy',
    'the stream of Orders has no policy, so no role of another account may read it',
    'npm run deploy -- producer-orders',
  ],
  [
    'a policy without statements',
    { producer: () => ({ streamPolicy: { Statement: [] } }) },
    'policy-missing shop producer-orders stream policy',
    'the stream of Orders has no policy, so no role of another account may read it',
    'npm run deploy -- producer-orders',
  ],
  [
    'a policy without an action',
    streamPolicy((text) => text.replace('"dynamodb:GetRecords",', '')),
    'policy-differs shop producer-orders stream policy',
    'the policy of the stream of Orders is not the one that the topology synthesizes: AllowCrossAccountStreamAccess.Action is ["dynamodb:describestream","dynamodb:getsharditerator"], not ["dynamodb:describestream","dynamodb:getrecords","dynamodb:getsharditerator"]',
    'npm run deploy -- producer-orders',
  ],
  [
    'a policy for another role',
    streamPolicy((text) => text.replaceAll('ProcessOrdersRole', 'Another')),
    'policy-differs shop producer-orders stream policy',
    'the policy of the stream of Orders is not the one that the topology synthesizes: AllowCrossAccountStreamAccess.Principal.AWS is "arn:aws:iam::111122223333:role/Another", not "arn:aws:iam::111122223333:role/ProcessOrdersRole"',
    'npm run deploy -- producer-orders',
  ],
  [
    'a policy with a denial',
    streamPolicy((text) =>
      text.replace(
        '"Statement":[',
        '"Statement":[{"Sid":"No","Effect":"Deny","Principal":"*","Action":"*","Resource":"*"},',
      ),
    ),
    'policy-differs shop producer-orders stream policy',
    'the policy of the stream of Orders is not the one that the topology synthesizes: it has the statement No, which the topology lacks',
    'npm run deploy -- producer-orders',
  ],
  [
    'a policy that names a role that was deleted',
    streamPolicy((text) => text.replaceAll(ROLE, 'AROA1234567890EXAMPLE')),
    'role-replaced shop producer-orders stream policy',
    'the policy of the stream of Orders names AROA1234567890EXAMPLE: the role that it named was deleted, and one that was created again under its name is another one',
    'npm run deploy',
  ],
  [
    'a table without its policy',
    {
      overrides: { 'subscriptions[0].readTable': true },
      producer: () => ({ tablePolicy: 'absent' }),
    },
    'policy-missing shop producer-orders table policy',
    'the table of Orders has no policy, so no role of another account may read it',
    'npm run deploy -- producer-orders',
  ],
  [
    'no policy where others have it',
    {
      overrides: existingTable({ streamPolicy: 'none' }),
      producer: () => ({ streamPolicy: 'absent' }),
    },
    'policy-missing shop producer-orders stream policy',
    'the stream of Orders has no policy, so no role of another account may read it',
    'whoever has that policy adds what this prints: npm run synth && terraform -chdir=cdktf.out/stacks/producer-orders init -upgrade && terraform -chdir=cdktf.out/stacks/producer-orders output -raw stream_policy_statement',
  ],
  [
    'a policy of others that refuses',
    {
      overrides: existingTable({ streamPolicy: 'none' }),
      producer: () => ({
        streamPolicy: {
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: ROLE },
            Action: 'dynamodb:GetRecords',
            Resource: '*',
          },
        },
      }),
    },
    'policy-differs shop producer-orders stream policy',
    'the policy of the stream of Orders does not let arn:aws:iam::111122223333:role/ProcessOrdersRole use dynamodb:DescribeStream, dynamodb:GetShardIterator',
    'whoever has that policy adds what this prints: npm run synth && terraform -chdir=cdktf.out/stacks/producer-orders init -upgrade && terraform -chdir=cdktf.out/stacks/producer-orders output -raw stream_policy_statement',
  ],
  [
    'a key that is disabled',
    key({ KeyState: 'Disabled' }),
    'key-disabled shop producer-orders key',
    `the key ${KEY} is Disabled: what Orders and its stream hold cannot be read`,
    `with credentials of 444455556666: aws kms enable-key --key-id ${KEY} --region us-east-1`,
  ],
  [
    'a key that will be deleted',
    key({ KeyState: 'PendingDeletion', DeletionDate: new Date('2026-12-24T00:00:00Z') }),
    'key-disabled shop producer-orders key',
    `the key ${KEY} is PendingDeletion (deleted on 2026-12-24T00:00:00Z): what Orders and its stream hold cannot be read`,
    `with credentials of 444455556666: aws kms cancel-key-deletion --key-id ${KEY} --region us-east-1 && aws kms enable-key --key-id ${KEY} --region us-east-1`,
  ],
  [
    'a key that does not know the reader',
    decryptedBy('arn:aws:iam::444455556666:root'),
    'key-refuses shop producer-orders key',
    `the policy of the key ${KEY} does not let arn:aws:iam::111122223333:role/ProcessOrdersRole use kms:Decrypt through DynamoDB, so it cannot read the stream of Orders`,
    'npm run deploy -- producer-orders',
  ],
  [
    'a key whose policy names a role that was deleted',
    decryptedBy('AROAEXAMPLE1234567'),
    'role-replaced shop producer-orders key',
    `the policy of the key ${KEY} names AROAEXAMPLE1234567: the role that it named was deleted, and one that was created again under its name is another one`,
    'npm run deploy',
  ],
  [
    'an AWS managed key',
    key({ KeyManager: 'AWS' }),
    'key-refuses shop producer-orders key',
    'the table Orders is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts',
    'encrypt the table with the AWS owned key or with a customer managed key',
  ],
  [
    'an AWS managed key that the topology does not say',
    key({ KeyManager: 'AWS' }, {}),
    'key-refuses shop producer-orders key',
    'the table Orders is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts',
    'encrypt the table with the AWS owned key or with a customer managed key',
  ],
  [
    'a key that the topology does not say',
    key({}, {}),
    'key-refuses shop producer-orders key',
    `the table Orders is encrypted with the key ${KEY}, which the topology does not say: the role has no right to it`,
    'npm run deploy -- producer-orders',
  ],
  [
    'a table that lost its key',
    {
      overrides: CUSTOMER,
      producer: ({ table }) => ({
        table: {
          ...(table as object),
          TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS',
          SSEDescription: {
            KMSMasterKeyArn: KEY,
            InaccessibleEncryptionDateTime: new Date('2026-11-20T00:00:00Z'),
          },
        },
      }),
    },
    'key-grant-missing shop producer-orders key',
    `the table Orders is INACCESSIBLE_ENCRYPTION_CREDENTIALS since 2026-11-20T00:00:00Z: DynamoDB cannot use the key ${KEY}`,
    `let the key's policy allow DynamoDB again what it allowed, and look at its grants: aws kms list-grants --key-id ${KEY} --region us-east-1; after seven days DynamoDB archives the table`,
  ],
  [
    'a key of the consumer that is disabled',
    {
      overrides: { 'consumers.process-orders.encryption': 'customer-managed' },
      consumer: () => ({
        key: { metadata: { KeyId: KEY, Arn: KEY, KeyState: 'Disabled' }, policy: 'unknown' },
      }),
    },
    'key-disabled analytics consumer-process-orders key',
    `the key ${KEY} is Disabled: the variables of the function, its log and failed batches cannot be used`,
    `with credentials of 444455556666: aws kms enable-key --key-id ${KEY} --region us-east-1`,
  ],
  [
    'a key of the table that is gone',
    { overrides: CUSTOMER, producer: () => ({ key: 'absent' }) },
    'key-disabled shop producer-orders key',
    'the key does not exist any more: what Orders and its stream hold cannot be read',
    'a key that was deleted cannot be brought back: restore a backup of the table',
  ],
  [
    'a key of the consumer that is gone',
    {
      overrides: { 'consumers.process-orders.encryption': 'customer-managed' },
      consumer: () => ({ key: 'absent' }),
    },
    'key-disabled analytics consumer-process-orders key',
    'the key does not exist any more: the variables of the function, its log and failed batches cannot be used',
    'a key that was deleted cannot be brought back: create another one: npm run deploy -- consumer-process-orders',
  ],
  [
    'a key of others for the consumer that is gone',
    {
      overrides: {
        'consumers.process-orders.encryption': {
          kmsKeyArn: KEY.replace('444455556666', '111122223333'),
        },
      },
      consumer: () => ({ key: 'absent' }),
    },
    'key-disabled analytics consumer-process-orders key',
    'the key does not exist any more: the variables of the function, its log and failed batches cannot be used',
    'a key that was deleted cannot be brought back: write another one as encryption of consumers.process-orders, then npm run deploy -- consumer-process-orders',
  ],
];

test.each(FAULTS)('%s', (_, faults, ...expected) => {
  expect(found(faults)).toEqual(expected);
});
