/**
 * Tenants with accounts and keys of their own, from end to end: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import { DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { parse, stringify } from 'yaml';
import { loadTopology } from '../../topology/load';
import { type AccountClients, clientsOf } from './support/account';
import { createStateBucket, Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { writeTopology } from './support/topology';

jest.setTimeout(10 * 60 * 1000);

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
  const seen = () => billing.changesSeen('MeterDocuments');

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
    remaining = new Deployment(writeTopology(stringify(content)));
    await remaining.deploy();
    expect(await remaining.plannedChanges()).toEqual({});

    await upload(tenants.acme, 'third');
    await eventually(async () => expect(await seen()).toContain('444455556666 Documents third'));
    await expect(upload(tenants.initech, 'third')).rejects.toThrow('not found');
  });
});
