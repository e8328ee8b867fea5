import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { DataResource, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { EmptyStack } from '../helpers/empty-stack';
import { jsonOf, synthApp } from '../helpers/synth-app';
import { inRegion, type Overrides, topology } from '../helpers/topology';

const CONSUMER = 'consumer-process-orders';
const PRODUCER = 'producer-orders';
const SUBSCRIPTION = 'subscription-orders-process-orders';

const STATE_ROLE = 'arn:aws:iam::999999999999:role/TerraformState';

/** The configurations of the data sources by which each stack reads other stacks' states. */
function remoteConfigs({ ids, json }: ReturnType<typeof synthApp>): unknown[] {
  return ids.map((id) => {
    const states = json(id).data?.terraform_remote_state;
    return (
      states &&
      Object.fromEntries(
        Object.entries(states).map(([name, state]) => [name, Reflect.get(state, 'config')]),
      )
    );
  });
}

describe('where the state is', () => {
  const plain = { bucket: 'example-terraform-state', region: 'us-east-1' };

  test.each<[string, Overrides, prefix: string, settings: object, ofBackend: object]>([
    ['in the topology’s own place', { name: 'billing' }, 'billing', plain, {}],
    [
      'in another bucket and Region',
      { 'state.bucket': 'other-state', 'state.region': 'eu-west-1' },
      'orders',
      { bucket: 'other-state', region: 'eu-west-1' },
      {},
    ],
    [
      'with everything set',
      {
        'state.keyPrefix': 'p',
        'state.roleArn': STATE_ROLE,
        'state.kmsKeyId': 'alias/state',
        'state.usePathStyle': true,
      },
      'p',
      { ...plain, assume_role: { role_arn: STATE_ROLE }, use_path_style: true },
      { kms_key_id: 'alias/state' },
    ],
  ])('%s: backend and remote state agree', (_, overrides, prefix, settings, ofBackend) => {
    const app = synthApp(topology(overrides));
    const keyed = (id: string) => ({ ...settings, key: `${prefix}/${id}.tfstate` });
    expect(app.ids.map((id) => Reflect.get(app.json(id).terraform, 'backend'))).toEqual(
      [CONSUMER, PRODUCER, SUBSCRIPTION].map((id) => ({
        s3: { ...keyed(id), ...ofBackend, encrypt: true, use_lockfile: true },
      })),
    );
    expect(remoteConfigs(app)).toEqual([
      undefined,
      { consumer_process_orders: keyed(CONSUMER) },
      { producer_orders: keyed(PRODUCER), consumer_process_orders: keyed(CONSUMER) },
    ]);
  });

  test('behind the role of the account: its stacks reach all states with it', () => {
    const roles = {
      analytics: 'arn:aws:iam::999999999999:role/StateOfAnalytics',
      shop: 'arn:aws-us-gov:iam::444455556666:role/state/Shop',
    };
    const app = synthApp(
      topology({
        'state.roleArn': STATE_ROLE,
        'accounts.analytics.stateRoleArn': roles.analytics,
        'accounts.shop.stateRoleArn': roles.shop,
      }),
    );
    const reached = (id: string, role_arn: string) => ({
      ...plain,
      key: `orders/${id}.tfstate`,
      assume_role: { role_arn },
    });
    expect(app.ids.map((id) => Reflect.get(app.json(id).terraform, 'backend'))).toEqual(
      [
        reached(CONSUMER, roles.analytics),
        reached(PRODUCER, roles.shop),
        reached(SUBSCRIPTION, roles.analytics),
      ].map((s3) => ({ s3: { ...s3, encrypt: true, use_lockfile: true } })),
    );
    expect(remoteConfigs(app)).toEqual([
      undefined,
      { consumer_process_orders: reached(CONSUMER, roles.shop) },
      {
        producer_orders: reached(PRODUCER, roles.analytics),
        consumer_process_orders: reached(CONSUMER, roles.analytics),
      },
    ]);
  });
});

describe('the AWS provider', () => {
  const DEPLOY_ROLE = 'arn:aws:iam::444455556666:role/Deploy';
  const consumer = {
    alias: 'consumer',
    region: 'us-east-1',
    allowed_account_ids: ['111122223333'],
    default_tags: [{ tags: { Topology: 'orders' } }],
  };
  const producer = { ...consumer, alias: 'producer', allowed_account_ids: ['444455556666'] };

  test.each<[string, Overrides, consumer: object, producer: object]>([
    ['is locked to the account', {}, consumer, producer],
    [
      'assumes the deploy role with external ID and session name',
      {
        'accounts.shop.deployRole': {
          arn: DEPLOY_ROLE,
          externalId: 'a:secret/1',
          sessionName: 'terraform',
        },
      },
      consumer,
      {
        ...producer,
        assume_role: [
          { role_arn: DEPLOY_ROLE, external_id: 'a:secret/1', session_name: 'terraform' },
        ],
      },
    ],
    [
      'tags every resource',
      { name: 'billing', tags: { Team: 'data', 'cost center': '4 2' } },
      {
        ...consumer,
        default_tags: [{ tags: { Team: 'data', 'cost center': '4 2', Topology: 'billing' } }],
      },
      {
        ...producer,
        default_tags: [{ tags: { Team: 'data', 'cost center': '4 2', Topology: 'billing' } }],
      },
    ],
    [
      'tags the resources of an account, and in it those of a consumer and of a producer',
      {
        tags: { Team: 'data', Owner: 'a' },
        'accounts.analytics.tags': { Team: 'analytics' },
        'accounts.shop.tags': { Team: 'shop', Stage: 'test' },
        'consumers.process-orders.tags': { Owner: 'b' },
        'producers.orders.tags': { Stage: 'live' },
      },
      {
        ...consumer,
        default_tags: [{ tags: { Team: 'analytics', Owner: 'b', Topology: 'orders' } }],
      },
      {
        ...producer,
        default_tags: [{ tags: { Team: 'shop', Owner: 'a', Stage: 'live', Topology: 'orders' } }],
      },
    ],
    [
      'works in the Region of the account',
      inRegion('cn-north-1'),
      { ...consumer, region: 'cn-north-1' },
      { ...producer, region: 'cn-north-1' },
    ],
  ])('%s', (_, overrides, ofConsumer, ofProducer) => {
    const app = synthApp(topology(overrides));
    expect(app.ids.map((id) => app.json(id).provider)).toEqual([
      { archive: [{}], aws: [ofConsumer] },
      { aws: [ofProducer] },
      { aws: [ofConsumer] },
    ]);
  });
});

describe('the provider of the stack', () => {
  const OTHER = { alias: 'other', region: 'eu-west-1' };

  test.each<[string, (stack: EmptyStack) => void, blocks: object]>([
    [
      'a resource',
      (stack) => new SqsQueue(stack, 'queue'),
      { resource: { aws_sqs_queue: { queue: { provider: 'aws.consumer' } } } },
    ],
    [
      'a data source, however deep it is',
      (stack) => new DataAwsRegion(new Construct(stack, 'nested'), 'here'),
      { data: { aws_region: { nested_here: { provider: 'aws.consumer' } } } },
    ],
    [
      'each of several resources, but not one that has another',
      (stack) => {
        new SqsQueue(stack, 'first');
        new SqsQueue(stack, 'second', { provider: new AwsProvider(stack, 'other', OTHER) });
        new SqsQueue(stack, 'third');
      },
      {
        resource: {
          aws_sqs_queue: {
            first: { provider: 'aws.consumer' },
            second: { provider: 'aws.other' },
            third: { provider: 'aws.consumer' },
          },
        },
      },
    ],
    [
      'no resource of Terraform itself',
      (stack) => new DataResource(stack, 'a'),
      { resource: { terraform_data: { a: {} } } },
    ],
  ])('is that of %s', (_, build, expected) => {
    const stack = new EmptyStack();
    build(stack);
    const { resource, data } = jsonOf(stack);
    expect({ resource, data }).toEqual(expected);
  });
});

describe('validation', () => {
  const mistakes = (build: (stack: EmptyStack) => void) => {
    const stack = new EmptyStack();
    build(stack);
    return stack.node.findAll().flatMap((node) => node.node.validate());
  };

  test.each<[string, (stack: EmptyStack) => void, string[]]>([
    [
      'two resources of one address at different depths',
      (stack) => {
        new SqsQueue(stack, 'my_queue');
        new SqsQueue(new Construct(stack, 'my'), 'queue');
      },
      ['aws_sqs_queue.my_queue is declared twice'],
    ],
    [
      'two data sources of one address',
      (stack) => {
        new DataAwsRegion(stack, 'my-region');
        new DataAwsRegion(stack, 'my_region');
      },
      ['data.aws_region.my_region is declared twice'],
    ],
  ])('refuses %s', (_, build, expected) => {
    expect(mistakes(build)).toEqual(expected);
  });

  test.each<[string, (stack: EmptyStack) => void]>([
    [
      'resources of one name and two types',
      (stack) => {
        new SqsQueue(stack, 'my-name');
        new DataResource(stack, 'my_name');
      },
    ],
    [
      'a resource and a data source of one name',
      (stack) => {
        new DataAwsRegion(stack, 'name');
        new SqsQueue(new Construct(stack, 'other'), 'name');
      },
    ],
  ])('accepts %s', (_, build) => {
    expect(mistakes(build)).toEqual([]);
  });

  test('fails the synthesis', () => {
    const stack = new EmptyStack();
    new SqsQueue(stack, 'my-queue');
    new SqsQueue(stack, 'my_queue');
    expect(() => Testing.synth(stack, true)).toThrow('aws_sqs_queue.my_queue is declared twice');
  });
});
