import { writeMarkdown } from '../../../review/report/markdown';
import { review } from '../../../review/review';
import { stops, synthesizedStacks } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { consumer, type Overrides, producer, topology } from '../../helpers/topology';

const STATE = 's3://example-terraform-state/orders';

const MAPPING =
  'aws_lambda_event_source_mapping.event_source_mapping (arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000, arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders)';

const ACME: Overrides = { 'accounts.acme': { id: '777788889999', region: 'us-east-1' } };

function reviewed(old: ReturnType<typeof topology>, now: ReturnType<typeof topology>) {
  const [was, meant] = [resolved(old), resolved(now)];
  return review({
    stacks: () => synthesizedStacks(meant),
    topology: meant,
    today: new Date('2026-08-01'),
    before: {
      ref: 'main',
      commit: 'abc',
      generator: [],
      topology: was,
      stacks: synthesizedStacks(was),
      code: [],
    },
  });
}

const found = (now: Overrides, old: Overrides = {}) =>
  stops(reviewed(topology(old), topology(now)));

/** What is found of a stack that is renamed. */
const renamed = (from: string, to: string, resources: string) =>
  `${from} is ${to} now, whose state is empty, but these exist: ${resources}. A deploy of ${to} tries to create them again, a destroy of ${from} deletes them. Destroy nothing, and copy the state before the deploy: aws s3 cp ${STATE}/${from}.tfstate ${STATE}/${to}.tfstate; npm run plan -- ${to} then creates none of them`;

const TABLE =
  'aws_dynamodb_table.table (Orders), aws_dynamodb_resource_policy.stream_policy (arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000)';

describe('must not be deployed before its state is moved:', () => {
  test.each([[['shop']], [['shop', 'acme']]])('account: shop to accounts: %j', (accounts) => {
    const orders = { ...producer('Orders'), account: undefined, accounts };
    expect(found({ ...ACME, 'producers.orders': orders })).toEqual([
      renamed('producer-orders', 'producer-orders-shop', TABLE),
      renamed(
        'subscription-orders-process-orders',
        'subscription-orders-shop-process-orders',
        MAPPING,
      ),
    ]);
  });

  test('a consumer under another name', () => {
    const consumers = { 'handle-orders': consumer('ProcessOrders') };
    const subscriptions = [{ producer: 'orders', consumer: 'handle-orders' }];
    expect(found({ consumers, subscriptions })).toEqual([
      renamed(
        'consumer-process-orders',
        'consumer-handle-orders',
        'aws_cloudwatch_log_group.log (/aws/lambda/ProcessOrders), aws_lambda_function.processor (ProcessOrders), aws_iam_role.execution_role (ProcessOrdersRole) and 9 more',
      ),
      renamed('subscription-orders-process-orders', 'subscription-orders-handle-orders', MAPPING),
    ]);
  });

  test('the policy of an existing table under another name of the producer', () => {
    const existing = {
      account: 'shop',
      existingTable: { name: 'Orders' },
      streamPolicy: { replacesExisting: true },
    };
    const subscriptions = [{ producer: 'sales', consumer: 'process-orders' }];
    const all = found(
      { producers: { sales: existing }, subscriptions },
      { producers: { orders: existing } },
    );
    expect(all).toEqual([
      renamed('subscription-orders-process-orders', 'subscription-sales-process-orders', MAPPING),
      renamed('producer-orders', 'producer-sales', TABLE.replace(/^.*?, /, '')),
    ]);
  });

  test('a table that another producer has now, while its own producer stays', () => {
    const [first, ...rest] = found({
      'producers.orders': producer('Others'),
      'producers.sales': producer('Orders'),
    });
    expect(first).toBe(
      `producer-orders has these in its state, and producer-sales is to have them: aws_dynamodb_table.table (Orders). A deploy of producer-sales tries to create them again, a deploy or destroy of producer-orders deletes them. Write them where they were; or move each before the deploy: terraform state rm in producer-orders, and terraform import in producer-sales`,
    );
    expect(rest).toEqual([]);
  });

  test.each<[string, Overrides, string, string]>([
    [
      'keyPrefix',
      { 'state.keyPrefix': 'team/orders' },
      `${STATE}/`,
      's3://example-terraform-state/team/orders/',
    ],
    ['bucket', { 'state.bucket': 'other-state' }, `${STATE}/`, 's3://other-state/orders/'],
    ['name', { name: 'sales' }, `${STATE}/`, 's3://example-terraform-state/sales/'],
  ])('the state of all stacks by another %s, once', (_, now, old, other) => {
    expect(found(now)).toEqual([
      `state of what exists is in ${old}, and would be in ${other}: consumer-process-orders, producer-orders, subscription-orders-process-orders. A deploy tries to create all of it again. Keep the old bucket and keyPrefix (by default the topology's name), or move the state before the deploy: aws s3 cp --recursive ${old} ${other}`,
    ]);
  });

  test('the local state of the state bucket', () => {
    const managed = { 'state.manage': true };
    const moved = [
      ['orders.state-bucket.tfstate', 'team.state-bucket.tfstate', 'mv'],
      [`${STATE}/`, 's3://example-terraform-state/team/', 'aws s3 cp --recursive'],
    ];
    expect(found({ ...managed, 'state.keyPrefix': 'team' }, managed)).toEqual(
      moved.map(([old, other, command]) =>
        expect.stringMatching(
          new RegExp(
            `^state of what exists is in ${old}, .* before the deploy: ${command} ${old} ${other}$`,
          ),
        ),
      ),
    );
  });
});

test('the table of the stacks says not to destroy what is moved', () => {
  const orders = { ...producer('Orders'), account: undefined, accounts: ['shop'] };
  const markdown = writeMarkdown(reviewed(topology(), topology({ 'producers.orders': orders })));
  expect(markdown.match(/^\| \*\*removed.*?\*\* \| `[\w-]+`/gm)).toEqual([
    '| **removed; another stack has what it deployed: do not destroy it** | `producer-orders`',
    '| **removed; another stack has what it deployed: do not destroy it** | `subscription-orders-process-orders`',
  ]);
});

describe('is nothing that moves:', () => {
  const tenants = (...accounts: string[]) => ({
    ...ACME,
    'producers.orders': { ...producer('Orders'), account: undefined, accounts },
  });

  test('a new tenant', () => {
    expect(found(tenants('shop', 'acme'), tenants('shop'))).toEqual([]);
  });

  test('a table of the same name in another account', () => {
    expect(found(tenants('acme'), tenants('shop'))).toEqual([]);
  });

  test('a table of the same name in another Region', () => {
    const stock = (account: string) => ({
      'accounts.europe': { id: '444455556666', region: 'eu-west-1' },
      [`producers.${account}`]: { ...producer('Stock'), account },
    });
    expect(found(stock('europe'), stock('shop'))).toEqual([]);
  });

  test('another name of a table and of a function', () => {
    const names = {
      'producers.orders.table.name': 'Others',
      'consumers.process-orders.function.name': 'Handle',
    };
    expect(found(names)).toEqual([]);
  });
});
