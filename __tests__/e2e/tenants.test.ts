/**
 * Tenants with accounts and keys of their own, from end to end: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import { DescribeTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { type AccountClients, clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

/** saas-tenants.yaml with two of its tenants. */
function saasTenants(): string {
  const topology = parseDocument(readFileSync('topologies/saas-tenants.yaml', 'utf8'));
  topology.setIn(['producers', 'documents', 'accounts'], ['acme', 'globex']);
  unprotectTables(topology);
  return topology.toString();
}

describeWithEndpoint('tenants in accounts of their own, with keys of their own', () => {
  const deployment = new Deployment(saasTenants());
  const { topology } = deployment;
  const billing = clientsOf(topology, 'consumer-metering');
  const tenants = Object.fromEntries(
    ['acme', 'globex'].map((name) => [name, clientsOf(topology, `producer-documents-${name}`)]),
  ) as Record<'acme' | 'globex', AccountClients>;

  const upload = (tenant: AccountClients, DocumentId: string) =>
    tenant.dynamodb.send(
      new PutItemCommand({ TableName: 'Documents', Item: { DocumentId: { S: DocumentId } } }),
    );
  const seen = () => billing.changesSeen('MeterDocuments');

  beforeAll(async () => {
    await deployment.createStateBucket();
    await deployment.deploy();
  });

  afterAll(() => deployment.destroy());

  test('records of each tenant arrive, attributed to its account', async () => {
    for (const tenant of Object.values(tenants)) await upload(tenant, 'first');
    await eventually(async () =>
      expect(await seen()).toEqual([
        '444455556666 Documents first',
        '777788889999 Documents first',
      ]),
    );
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
});
