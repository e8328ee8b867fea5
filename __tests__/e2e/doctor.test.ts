/**
 * `npm run doctor` with real Terraform against the AWS API at AWS_ENDPOINT_URL: each fault is made as somebody makes it
 * who works by hand, and is named, of the one subscription that it stops. docs/doctor.md lists what is tested otherwise.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { SetAlarmStateCommand, type StateValue } from '@aws-sdk/client-cloudwatch';
import {
  DeleteResourcePolicyCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  type StreamViewType,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CancelKeyDeletionCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { parseDocument } from 'yaml';
import { command } from '../../commands/doctor';
import type { ReportedCause } from '../../operate/doctor/report';
import { runCommand } from '../helpers/run-command';
import { clientsIn } from './support/account';
import { TestBucket } from './support/bucket';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

const run = promisify(execFile);

const ANALYTICS = '222211110001';
const SHOP = '222211110002';
const CRM = '222211110003';
const EMAIL = 'operators@example.com';

/** Of other accounts than the other tests, since not all is destroyed at the end. */
const TOPOLOGY = `
name: doctor
state: { bucket: example-terraform-state, region: us-east-1 }
accounts:
  analytics: { id: "${ANALYTICS}", region: us-east-1, deployRole: { arn: arn:aws:iam::${ANALYTICS}:role/TerraformDeploy } }
  shop: { id: "${SHOP}", region: us-east-1, deployRole: { arn: arn:aws:iam::${SHOP}:role/TerraformDeploy } }
  crm: { id: "${CRM}", region: us-east-1, deployRole: { arn: arn:aws:iam::${CRM}:role/TerraformDeploy } }
consumers:
  process-orders:
    account: analytics
    role: { name: ProcessOrders }
    function: { name: ProcessOrders }
    alarms: { email: ${EMAIL} }
  audit-customers:
    account: crm
    role: { name: AuditCustomers }
    function: { name: AuditCustomers }
    alarms: false
producers:
  orders:
    account: shop
    table: { name: Orders, partitionKey: { name: OrderId, type: S }, encryption: customer-managed, deletionProtection: false }
  customers:
    account: crm
    table: { name: Customers, partitionKey: { name: CustomerId, type: S }, deletionProtection: false }
subscriptions:
  - { producer: orders, consumer: process-orders, maximumRetryAttempts: 0 }
  - { producer: customers, consumer: audit-customers }
`;

const PRODUCER = 'producer-orders';
const ORDERS = 'subscription-orders-process-orders';
const CUSTOMERS = 'subscription-customers-audit-customers';
const FunctionName = 'ProcessOrders';
const RoleName = 'ProcessOrders';
const TableName = 'Orders';

interface Report {
  readonly works: boolean;
  readonly subscriptions: readonly {
    readonly subscription: string;
    readonly works: boolean;
    readonly causes: readonly Pick<ReportedCause, 'cause' | 'message' | 'commands'>[];
  }[];
  readonly causes: readonly { readonly cause: string; readonly account: string }[];
}

describeWithEndpoint('doctor', () => {
  const deployment = new Deployment(TOPOLOGY);
  const { bucket: Bucket, keyPrefix } = deployment.topology.state;
  const analytics = clientsIn(ANALYTICS, 'Administrator');
  const shop = clientsIn(SHOP, 'Administrator');
  const s3 = new S3Client({ region: 'us-east-1', forcePathStyle: true });
  const states = new TestBucket(s3, Bucket);

  /** Milliseconds that the command is run later than now: it counts the failures of 15 minutes. */
  let later = 0;

  /** What it prints in this process, and its exit code. */
  async function examined(file = deployment.file, ...more: string[]) {
    const { code, stdout } = await runCommand(command, {
      args: ['--json', '--topology', file, ...more],
      now: new Date(Date.now() + later),
    });
    const report: Report = JSON.parse(stdout);
    return { code, report };
  }

  /** The causes of each subscription that does not work, and the others by account. */
  async function found(file?: string, ...more: string[]): Promise<object> {
    const { code, report } = await examined(file, ...more);
    return summaryOf(code, report);
  }

  async function keyIds(): Promise<string[]> {
    const { Keys = [] } = await analytics.kms.send(new ListKeysCommand({}));
    return Keys.map(({ KeyId = '' }) => KeyId).sort();
  }

  function summaryOf(code: number, report: Report): object {
    expect(code).toBe(report.works ? 0 : 1);
    const bySubscription = report.subscriptions
      .filter(({ works }) => !works)
      .map(({ subscription, causes }) => [subscription, causes.map(({ cause }) => cause).sort()]);
    const others = report.causes.map(({ account, cause }) => `${account} ${cause}`);
    return { ...Object.fromEntries(bySubscription), ...(others.length > 0 && { others }) };
  }

  /** The same by `npm run`, with other variables. */
  async function foundByNpm(env: NodeJS.ProcessEnv = {}): Promise<object> {
    const options = { env: { ...process.env, ...env, TOPOLOGY: deployment.file, CI: 'true' } };
    const outcome = await run('npm', ['run', '--silent', 'doctor', '--', '--json'], options).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error) => error as { code: number; stdout: string },
    );
    return summaryOf(outcome.code, JSON.parse(outcome.stdout));
  }

  async function mapping() {
    const { EventSourceMappings: [only] = [] } = await analytics.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName }),
    );
    return only;
  }

  const lastResult = (pattern: RegExp) =>
    eventually(async () => expect((await mapping())?.LastProcessingResult).toMatch(pattern));

  const put = (OrderId: string) =>
    shop.dynamodb.send(new PutItemCommand({ TableName, Item: { OrderId: { S: OrderId } } }));

  const table = async () => {
    const { Table } = await shop.dynamodb.send(new DescribeTableCommand({ TableName }));
    return { stream: Table?.LatestStreamArn, key: Table?.SSEDescription?.KMSMasterKeyArn };
  };

  /** Makes a fault, and repairs it whatever is found. */
  async function whileBroken(
    make: () => Promise<unknown>,
    repair: () => Promise<unknown>,
    expected: object,
  ): Promise<void> {
    await make();
    const causes = await found().finally(repair);
    expect(causes).toEqual(expected);
  }

  let beforeDeploy = {};

  beforeAll(async () => {
    await deployment.createStateBucket();
    beforeDeploy = await found();
    await deployment.deploy();
  });

  test('what was not deployed yet', () => {
    const all = ['not-deployed', 'not-deployed', 'not-deployed'];
    expect(beforeDeploy).toEqual({ [ORDERS]: all, [CUSTOMERS]: all });
  });

  test('an email address that nobody has confirmed', async () => {
    expect(await found()).toEqual({ [ORDERS]: ['email-unconfirmed'] });
    const TopicArn = `arn:aws:sns:us-east-1:${ANALYTICS}:${FunctionName}-alarms`;
    await analytics.sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: EMAIL }));
  });

  test('nothing is found where all works', async () => {
    await put('first');
    await lastResult(/^OK/);
    expect(await foundByNpm()).toEqual({});
    expect(await found(deployment.file, '--read-only')).toEqual({});
  });

  test('a mapping that is disabled', async () => {
    const { UUID } = (await mapping()) ?? {};
    const enable = (Enabled: boolean) =>
      analytics.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
    await whileBroken(
      () => enable(false),
      () => enable(true),
      { [ORDERS]: ['mapping-disabled'] },
    );
  });

  test('a mapping with another batch size', async () => {
    const { UUID, BatchSize } = (await mapping()) ?? {};
    const change = (size?: number) =>
      analytics.lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: size }));
    await whileBroken(
      () => change(7),
      () => change(BatchSize),
      { [ORDERS]: ['mapping-differs'] },
    );
  });

  test('a function that may not run', async () => {
    await whileBroken(
      () =>
        analytics.lambda.send(
          new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
        ),
      () => analytics.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })),
      { [ORDERS]: ['function-paused'] },
    );
  });

  test('an alarm', async () => {
    const set = (StateValue: StateValue) =>
      analytics.cloudwatch.send(
        new SetAlarmStateCommand({
          AlarmName: `${FunctionName}-throttles`,
          StateValue,
          StateReason: 'made up',
        }),
      );
    await whileBroken(
      () => set('ALARM'),
      () => set('OK'),
      { [ORDERS]: ['alarm-raised'] },
    );
  });

  test('a function that fails, and what it left', async () => {
    const failed = new TestBucket(analytics.s3, await failedBatches());
    await failed.open();
    const handler = (Handler: string) =>
      analytics.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler }));
    await whileBroken(
      async () => {
        await handler('index.absent');
        await put('poison');
        await eventually(async () => expect(await failed.keys()).toHaveLength(1));
      },
      async () => {
        await handler('index.handler');
        await put('after');
        await lastResult(/^OK/);
      },
      { [ORDERS]: ['failed-batches-waiting', 'function-fails'] },
    );
    await failed.empty();
    later = 20 * 60_000;
  });

  async function failedBatches(): Promise<string> {
    const { DestinationConfig } = (await mapping()) ?? {};
    return DestinationConfig?.OnFailure?.Destination?.split(':').at(-1) ?? '';
  }

  describe('the stream policy', () => {
    let ResourceArn: string | undefined;
    let policy = '';
    const restore = async () => {
      await shop.dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy: policy }));
      await lastResult(/^(OK|No records)/);
    };

    beforeAll(async () => {
      ResourceArn = (await table()).stream;
      const { Policy = '' } = await shop.dynamodb.send(
        new GetResourcePolicyCommand({ ResourceArn }),
      );
      policy = Policy;
    });

    test('deleted', async () => {
      await whileBroken(
        async () => {
          await shop.dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn }));
          await lastResult(/^PROBLEM/);
        },
        restore,
        { [ORDERS]: ['mapping-refused', 'policy-missing'] },
      );
    });

    test('with an action less', async () => {
      const Policy = policy.replace('"dynamodb:GetShardIterator",', '');
      await whileBroken(
        async () => {
          await shop.dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
          await lastResult(/^PROBLEM/);
        },
        restore,
        { [ORDERS]: ['mapping-refused', 'policy-differs'] },
      );
    });
  });

  describe('the key of the table', () => {
    let KeyId: string | undefined;
    const works = () => lastResult(/^(OK|No records)/);

    beforeAll(async () => {
      KeyId = (await table()).key?.split('/').at(-1);
    });

    test('disabled', async () => {
      await whileBroken(
        async () => {
          await shop.kms.send(new DisableKeyCommand({ KeyId }));
          await lastResult(/^PROBLEM/);
        },
        async () => {
          await shop.kms.send(new EnableKeyCommand({ KeyId }));
          await works();
        },
        { [ORDERS]: ['key-disabled', 'mapping-refused'] },
      );
    });

    test('about to be deleted', async () => {
      await whileBroken(
        async () => {
          await shop.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
          await lastResult(/^PROBLEM/);
        },
        async () => {
          await shop.kms.send(new CancelKeyDeletionCommand({ KeyId }));
          await shop.kms.send(new EnableKeyCommand({ KeyId }));
          await works();
        },
        { [ORDERS]: ['key-disabled', 'mapping-refused'] },
      );
    });

    test('without the statement for the role', async () => {
      const named = { KeyId, PolicyName: 'default' };
      const { Policy = '' } = await shop.kms.send(new GetKeyPolicyCommand(named));
      const { Statement, ...others } = JSON.parse(Policy);
      const less = { ...others, Statement: Statement.slice(0, 1) };
      await whileBroken(
        async () => {
          await shop.kms.send(new PutKeyPolicyCommand({ ...named, Policy: JSON.stringify(less) }));
          await lastResult(/^PROBLEM/);
        },
        async () => {
          await shop.kms.send(new PutKeyPolicyCommand({ ...named, Policy }));
          await works();
        },
        { [ORDERS]: ['key-refuses', 'mapping-refused'] },
      );
    });
  });

  describe('the state', () => {
    const keyOf = (stack: string) => `${keyPrefix}/${stack}.tfstate`;

    test('locked', async () => {
      const Key = `${keyOf(ORDERS)}.tflock`;
      const lock = {
        ID: '1f1ab9ab-1f9e-b4c4-5e9a-4e1a3a1b6a5f',
        Operation: 'OperationTypeApply',
        Who: 'someone@laptop',
        Version: '1.11.4',
        Created: '2026-01-02T03:04:05.678Z',
        Path: `${Bucket}/${keyOf(ORDERS)}`,
      };
      await whileBroken(
        () => s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(lock) })),
        () => s3.send(new DeleteObjectCommand({ Bucket, Key })),
        { [ORDERS]: ['locked'] },
      );
    });

    test('deleted, of what exists', async () => {
      const Key = keyOf(ORDERS);
      const Body = await states.read(Key);
      await whileBroken(
        () => s3.send(new DeleteObjectCommand({ Bucket, Key })),
        () => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
        { [ORDERS]: ['exists-without-state'] },
      );
    });

    test('of the consumer lost: what is printed, and a deploy, repair it without a second key', async () => {
      const keys = await keyIds();
      await s3.send(new DeleteObjectCommand({ Bucket, Key: keyOf('consumer-process-orders') }));
      const { subscriptions } = (await examined()).report;
      const { causes = [] } = subscriptions.find((each) => each.subscription === ORDERS) ?? {};
      expect(causes.map(({ cause, message }) => [cause, message.split(' ')[0]])).toEqual(
        [
          'aws_kms_key.alarms_topic_key',
          'aws_kms_alias.alarms_topic_key_alias',
          'aws_iam_role.execution_role',
          'aws_lambda_function.processor',
          'aws_cloudwatch_log_group.log',
          'aws_s3_bucket.failed_batches',
        ].map((address) => ['exists-without-state', address]),
      );
      for (const { commands } of causes) {
        const [command = ''] = commands;
        await run('bash', ['-c', command], { env: { ...process.env, CI: 'true' } });
      }
      await deployment.deploy();
      expect(await found()).toEqual({});
      expect(await keyIds()).toEqual(keys);
    });

    test('older than the topology', async () => {
      const file = `${deployment.file}.changed.yaml`;
      const changed = 'maximumRetryAttempts: 5';
      const content = readFileSync(deployment.file, 'utf8');
      writeFileSync(file, content.replace('maximumRetryAttempts: 0', changed));
      expect(await found(file)).toEqual({ [ORDERS]: ['state-older'] });
    });
  });

  describe('credentials', () => {
    test('of the account that may not be used', async () => {
      const role = { RoleName: 'TerraformDeploy' };
      const AssumeRolePolicyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${SHOP}:root` },
            Action: 'sts:AssumeRole',
          },
        ],
      });
      await whileBroken(
        () => shop.iam.send(new CreateRoleCommand({ ...role, AssumeRolePolicyDocument })),
        () => shop.iam.send(new DeleteRoleCommand(role)),
        { [ORDERS]: [], others: ['shop role-not-assumed'] },
      );
    });

    test('of another account', async () => {
      const file = `${deployment.file}.without-role.yaml`;
      const topology = parseDocument(readFileSync(deployment.file, 'utf8'));
      topology.deleteIn(['accounts', 'shop', 'deployRole']);
      writeFileSync(file, topology.toString());
      expect(await found(file)).toEqual({ [ORDERS]: [], others: ['shop wrong-account'] });
    });

    test('none', async () => {
      const env = {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      expect(await foundByNpm(env)).toEqual({
        [ORDERS]: [],
        [CUSTOMERS]: [],
        others: [' no-credentials'],
      });
    });
  });

  describe('the stream', () => {
    const stream = (StreamViewType?: StreamViewType) =>
      shop.dynamodb.send(
        new UpdateTableCommand({
          TableName,
          StreamSpecification: { StreamEnabled: StreamViewType !== undefined, StreamViewType },
        }),
      );

    test('switched off', async () => {
      await stream();
      expect(await found()).toEqual({ [ORDERS]: ['stream-off'] });
    });

    test('switched on again, which makes another', async () => {
      await stream('NEW_AND_OLD_IMAGES');
      await lastResult(/^PROBLEM/);
      expect(await found()).toEqual({ [ORDERS]: ['mapping-refused', 'stream-replaced'] });
    });

    test('with another view type', async () => {
      await stream();
      await stream('KEYS_ONLY');
      expect(await found()).toEqual({
        [ORDERS]: ['mapping-refused', 'stream-replaced', 'view-type-differs'],
      });
    });

    test('one deploy repairs it', async () => {
      await deployment.deploy(PRODUCER, ORDERS);
      expect(await found()).toEqual({});
    });
  });

  describe('the function and its role', () => {
    test('the role deleted', async () => {
      const role = await takeRole();
      await lastResult(/^PROBLEM/);
      const causes = await found().finally(role.createAgain);
      expect(causes).toEqual({ [ORDERS]: ['mapping-refused', 'role-missing'] });
    });

    test('the role created again', async () => {
      await lastResult(/^PROBLEM.*not authorized/);
      const replaced = ['role-replaced', 'role-replaced', 'role-replaced'];
      expect(await found()).toEqual({ [ORDERS]: ['mapping-refused', ...replaced] });
    });

    test('the function deleted', async () => {
      const { UUID } = (await mapping()) ?? {};
      await analytics.lambda.send(new DeleteFunctionCommand({ FunctionName }));
      await eventually(async () => {
        const { LastProcessingResult } = await analytics.lambda.send(
          new GetEventSourceMappingCommand({ UUID }),
        );
        expect(LastProcessingResult).toMatch(/Function not found/);
      });
      const replaced = ['role-replaced', 'role-replaced', 'role-replaced'];
      expect(await found()).toEqual({ [ORDERS]: ['function-missing', ...replaced] });
      await analytics.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
      expect(await found()).toEqual({
        [ORDERS]: ['function-missing', 'mapping-missing', ...replaced],
      });
    });
  });

  /** Deletes the role with its policies. */
  async function takeRole() {
    const { iam } = analytics;
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { AttachedPolicies = [] } = await iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName }),
    );
    const inline = await Promise.all(
      PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
    );
    for (const PolicyName of PolicyNames) {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    }
    for (const { PolicyArn } of AttachedPolicies) {
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    }
    await iam.send(new DeleteRoleCommand({ RoleName }));
    return {
      createAgain: async () => {
        const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
        await iam.send(
          new CreateRoleCommand({ RoleName, Path: Role?.Path, AssumeRolePolicyDocument }),
        );
        for (const { PolicyName, PolicyDocument = '' } of inline) {
          await iam.send(
            new PutRolePolicyCommand({
              RoleName,
              PolicyName,
              PolicyDocument: decodeURIComponent(PolicyDocument),
            }),
          );
        }
        for (const { PolicyArn } of AttachedPolicies) {
          await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
        }
      },
    };
  }
});
