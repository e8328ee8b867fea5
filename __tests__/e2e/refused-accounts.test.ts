/**
 * A deploy to accounts of which two refuse the deploy role: real Terraform against the AWS API at AWS_ENDPOINT_URL.
 * ACCOUNTS is how many there are.
 */
import { readFileSync } from 'node:fs';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { clientsIn } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { unprotectTables } from './support/topology';

jest.setTimeout(60 * 60 * 1000);

const ACCOUNTS = Number(process.env.ACCOUNTS ?? 4);

/** Of tenants from 1. */
const idOf = (tenant: number) => String(200_000_000_000 + tenant);
const REFUSING = [2, 3];
const OTHERS = ACCOUNTS - REFUSING.length;

/** saas-tenants.yaml with other tenants, none of which waits for the role. */
function tenants(): string {
  const topology = parseDocument(readFileSync('topologies/saas-tenants.yaml', 'utf8'));
  const numbers = Array.from({ length: ACCOUNTS }, (_, index) => index + 1);
  for (const number of numbers) {
    const id = idOf(number);
    const account = {
      id,
      region: 'us-east-1',
      deployRole: { arn: `arn:aws:iam::${id}:role/TerraformDeploy` },
    };
    topology.setIn(['accounts', `t${number}`], topology.createNode(account));
  }
  const producer = ['producers', 'documents'];
  topology.setIn(
    [...producer, 'accounts'],
    numbers.map((number) => `t${number}`),
  );
  topology.setIn([...producer, 'streamPolicy'], topology.createNode({ principal: 'account' }));
  topology.deleteIn([...producer, 'table', 'encryption']);
  topology.setIn(['consumers', 'metering', 'alarms'], false);
  unprotectTables(topology);
  return topology.toString();
}

describeWithEndpoint(
  `a deploy to ${ACCOUNTS} accounts, of which two refuse the deploy role`,
  () => {
    const deployment = new Deployment(tenants());
    const left = REFUSING.flatMap((number) => [
      `producer-documents-t${number}`,
      `subscription-documents-t${number}-metering`,
    ]).sort();
    let printed = '';

    beforeAll(async () => {
      await deployment.createStateBucket();
      for (const number of REFUSING) {
        await clientsIn(idOf(number), 'Administrator').iam.send(
          new CreateRoleCommand({
            RoleName: 'TerraformDeploy',
            AssumeRolePolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { AWS: `arn:aws:iam::${idOf(number)}:role/Another` },
                  Action: 'sts:AssumeRole',
                },
              ],
            }),
          }),
        );
      }
      printed = await deployment.failingDeploy();
    });

    afterAll(() => deployment.destroy());

    const lines = (status: string) =>
      printed.split('\n').filter((line) => line.startsWith(status.padEnd(11)));

    test('all others are done', () => {
      const producers = lines('done').filter((line) => line.includes('producer-'));
      expect([producers.length, lines('done').length]).toEqual([OTHERS, 1 + 2 * OTHERS]);
    });

    test('the two are named with the reason, and what waits for them', () => {
      expect([...lines('failed'), ...lines('skipped')]).toEqual([
        ...REFUSING.map((number) => {
          const role = `arn:aws:iam::${idOf(number)}:role/TerraformDeploy`;
          const refusal = `AccessDenied: User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: ${role}`;
          return `failed     producer-documents-t${number}  Cannot assume IAM Role: IAM Role (${role}) cannot be assumed: ${refusal}`;
        }),
        ...REFUSING.map(
          (number) =>
            `skipped    subscription-documents-t${number}-metering  since producer-documents-t${number} failed`,
        ),
      ]);
    });

    test('once they can be assumed, the command that was printed deploys them alone', async () => {
      for (const number of REFUSING) {
        await clientsIn(idOf(number), 'Administrator').iam.send(
          new DeleteRoleCommand({ RoleName: 'TerraformDeploy' }),
        );
      }
      const [, stacks = ''] =
        /^To repeat what is left: npm run deploy -- (.*)$/m.exec(printed) ?? [];
      expect(stacks.split(' ').sort()).toEqual(left);
      await deployment.deploy(...stacks.split(' '));
      const { lambda } = clientsIn('111122223333');
      const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({}));
      expect(EventSourceMappings).toHaveLength(ACCOUNTS);
    });
  },
);
