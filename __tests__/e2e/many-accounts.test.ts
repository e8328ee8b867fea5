/**
 * Several accounts from end to end: tenants with keys of their own, a table with two readers, and a
 * table that was there before. Real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { parse, stringify } from 'yaml';
import { loadTopology } from '../../topology/load';
import type { Account, ResolvedTopology } from '../../topology/resolve';
import { AccountClients } from './support/account';
import { createStateBucket, Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';

jest.setTimeout(10 * 60 * 1000);

const clientsOf = (topology: ResolvedTopology, stackId: string): AccountClients => {
  const stacks = [...topology.consumers, ...topology.producers];
  const account = stacks.find((stack) => stack.stackId === stackId)?.account;
  return new AccountClients(account as Account);
};

/** The changes a function of this project has logged, as `<account> <table> <key>`. */
async function changesSeen(consumer: AccountClients, functionName: string): Promise<string[]> {
  const lines = await consumer.logLines(`/aws/lambda/${functionName}`);
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).change)
    .map(({ account, table, keys }) => [account, table, ...Object.values(keys)].join(' '))
    .sort();
}

function writeTopology(content: unknown): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'topology-')), 'topology.yaml');
  writeFileSync(file, stringify(content));
  return file;
}

describeWithEndpoint('tenants in accounts of their own, with keys of their own', () => {
  const file = 'topologies/saas-tenants.yaml';
  const topology = loadTopology(file);
  const billing = clientsOf(topology, 'consumer-metering');
  const tenants = Object.fromEntries(
    ['acme', 'globex', 'initech'].map((name) => [
      name,
      clientsOf(topology, `producer-documents-${name}`),
    ]),
  ) as Record<'acme' | 'globex' | 'initech', AccountClients>;
  const deployment = new Deployment(file);
  let remaining = deployment;

  const upload = (tenant: AccountClients, DocumentId: string) =>
    tenant.dynamodb.send(
      new PutItemCommand({ TableName: 'Documents', Item: { DocumentId: { S: DocumentId } } }),
    );
  const seen = () => changesSeen(billing, 'MeterDocuments');

  beforeAll(async () => {
    await createStateBucket(topology.state);
    await deployment.deploy();
  });

  afterAll(() => remaining.destroy());

  test('records of each tenant arrive, attributed to its account', async () => {
    for (const tenant of Object.values(tenants)) await upload(tenant, 'first');
    await eventually(async () =>
      expect(await seen()).toEqual([
        '222233334444 Documents first',
        '444455556666 Documents first',
        '777788889999 Documents first',
      ]),
    );
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('the HCL plans no changes with Terraform alone', async () => {
    expect(await deployment.plannedChangesOfHcl()).toEqual({});
  });

  test('a tenant whose key no longer names the role is not read, and loses nothing', async () => {
    const { globex } = tenants;
    const { Table } = await globex.dynamodb.send(
      new DescribeTableCommand({ TableName: 'Documents' }),
    );
    const key = { KeyId: Table?.SSEDescription?.KMSMasterKeyArn, PolicyName: 'default' };
    const { Policy = '' } = await globex.kms.send(new GetKeyPolicyCommand(key));
    const policy = JSON.parse(Policy);
    expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      'AllowAccountAdministration',
      'AllowCrossAccountStreamDecryption',
    ]);
    policy.Statement.pop();
    await globex.kms.send(new PutKeyPolicyCommand({ ...key, Policy: JSON.stringify(policy) }));

    await upload(globex, 'second');
    await eventually(async () => {
      const { EventSourceMappings = [] } = await billing.lambda.send(
        new ListEventSourceMappingsCommand({ EventSourceArn: Table?.LatestStreamArn }),
      );
      expect(EventSourceMappings.map(({ LastProcessingResult }) => LastProcessingResult)).toEqual([
        expect.stringMatching(/^PROBLEM/),
      ]);
    });
    expect(await seen()).not.toContain('777788889999 Documents second');

    await deployment.deploy('consumer-metering', 'producer-documents-globex');
    await eventually(async () => expect(await seen()).toContain('777788889999 Documents second'));
  });

  test('one tenant is offboarded while the others go on', async () => {
    await deployment.destroy(
      'subscription-documents-initech-metering',
      'producer-documents-initech',
    );
    const content = parse(readFileSync(file, 'utf8'));
    content.producers.documents.accounts = ['acme', 'globex'];
    delete content.accounts.initech;
    remaining = new Deployment(writeTopology(content));
    await remaining.deploy();
    expect(await remaining.plannedChanges()).toEqual({});

    await upload(tenants.acme, 'third');
    await eventually(async () => expect(await seen()).toContain('444455556666 Documents third'));
    await expect(upload(tenants.initech, 'third')).rejects.toThrow('not found');
  });
});

describeWithEndpoint('a table shared by two services', () => {
  const file = 'topologies/shared-table.yaml';
  const topology = loadTopology(file);
  const owner = clientsOf(topology, 'producer-shared-orders');
  const deployment = new Deployment(file);

  beforeAll(async () => {
    await createStateBucket(topology.state);
    await deployment.deploy();
  });

  afterAll(() => deployment.destroy());

  test('both get every change, under one policy', async () => {
    const orders = ['1', '2', '3'].map((id) => `444455556666 SharedOrders ${id}`);
    for (const id of ['1', '2', '3']) {
      const Item = { OrderId: { S: id } };
      await owner.dynamodb.send(new PutItemCommand({ TableName: 'SharedOrders', Item }));
    }
    for (const [stack, name] of [
      ['consumer-index-orders', 'IndexOrders'],
      ['consumer-audit-orders', 'AuditOrders'],
    ] as const) {
      const consumer = clientsOf(topology, stack);
      await eventually(async () => expect(await changesSeen(consumer, name)).toEqual(orders));
    }
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('the HCL plans no changes with Terraform alone', async () => {
    expect(await deployment.plannedChangesOfHcl()).toEqual({});
  });
});

describeWithEndpoint('a table that was there before', () => {
  const content = parse(readFileSync('topologies/orders.yaml', 'utf8'));
  content.name = 'existing';
  content.producers = { legacy: { account: 'shop', existingTable: { name: 'LegacyOrders' } } };
  content.subscriptions = [{ producer: 'legacy', consumer: 'reader' }];
  content.consumers = {
    reader: {
      account: 'analytics',
      role: { name: 'LegacyReader' },
      function: { name: 'ReadLegacy' },
    },
  };
  const file = writeTopology(content);
  const topology = loadTopology(file);
  const owner = clientsOf(topology, 'producer-legacy');
  const deployment = new Deployment(file);
  const table = { TableName: 'LegacyOrders' };

  beforeAll(async () => {
    await createStateBucket(topology.state);
    await owner.dynamodb.send(
      new CreateTableCommand({
        ...table,
        KeySchema: [{ AttributeName: 'OrderId', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'OrderId', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });

  test('is refused without a stream', async () => {
    await expect(deployment.deploy()).rejects.toThrow(/Table LegacyOrders has no stream/);
  });

  test('is read once it has one', async () => {
    const StreamSpecification = {
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    } as const;
    await owner.dynamodb.send(new UpdateTableCommand({ ...table, StreamSpecification }));
    await deployment.deploy();
    await owner.dynamodb.send(new PutItemCommand({ ...table, Item: { OrderId: { S: '1' } } }));
    const reader = clientsOf(topology, 'consumer-reader');
    await eventually(async () =>
      expect(await changesSeen(reader, 'ReadLegacy')).toEqual(['444455556666 LegacyOrders 1']),
    );
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('stays when the stacks are destroyed; only the policy goes', async () => {
    await deployment.destroy();
    const { Table } = await owner.dynamodb.send(new DescribeTableCommand(table));
    expect(Table?.StreamSpecification?.StreamEnabled).toBe(true);
    await expect(
      owner.dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: Table?.LatestStreamArn })),
    ).rejects.toThrow();
    await owner.dynamodb.send(new DeleteTableCommand(table));
  });
});
