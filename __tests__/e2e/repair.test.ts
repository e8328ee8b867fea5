/**
 * What docs/repair.md says of things that were deleted by hand: real Terraform against the AWS API at
 * AWS_ENDPOINT_URL.
 */
import { readFileSync } from 'node:fs';
import {
  DeleteResourcePolicyCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { parseDocument } from 'yaml';
import { clientsOf } from './support/account';
import { Deployment, describeWithEndpoint } from './support/deployment';
import { eventually } from './support/eventually';
import { unprotectTables } from './support/topology';

const TableName = 'ShopOrders';
const FunctionName = 'TotalOrders';

/** order-totals.yaml with the default function, which logs every change, and a table that can be removed. */
function loggingTotals(): string {
  const topology = parseDocument(readFileSync('topologies/order-totals.yaml', 'utf8'));
  topology.setIn(['consumers', 'total-orders', 'function'], {
    name: FunctionName,
    runtime: 'nodejs22.x',
  });
  unprotectTables(topology);
  return topology.toString();
}

describeWithEndpoint('one deploy, with TRIM_HORIZON, repairs', () => {
  const deployment = new Deployment(loggingTotals());
  const { topology } = deployment;
  const owner = clientsOf(topology, 'producer-shop-orders');
  const reader = clientsOf(topology, 'consumer-total-orders');

  const write = (OrderId: string) =>
    owner.dynamodb.send(new PutItemCommand({ TableName, Item: { OrderId: { S: OrderId } } }));

  const arrived = (...orders: string[]) =>
    eventually(async () =>
      expect(await reader.changesSeen(FunctionName)).toEqual(
        expect.arrayContaining(orders.map((id) => `444455556666 ${TableName} ${id}`)),
      ),
    );

  const streamArn = async () => {
    const { Table } = await owner.dynamodb.send(new DescribeTableCommand({ TableName }));
    return Table?.LatestStreamArn;
  };

  beforeAll(async () => {
    await deployment.createStateBucket();
    await deployment.deploy();
  });

  afterAll(() => deployment.destroy());

  test('a mapping, a function, a stream policy: nothing is lost', async () => {
    await write('before');
    await arrived('before');
    const { EventSourceMappings = [] } = await reader.lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName }),
    );
    for (const { UUID } of EventSourceMappings) {
      await reader.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    }
    await reader.lambda.send(new DeleteFunctionCommand({ FunctionName }));
    await owner.dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: await streamArn() }));
    await write('in between');

    await deployment.deploy();
    await write('after');
    await arrived('in between', 'after');
    expect(await deployment.plannedChanges()).toEqual({});
  });

  test('a stream turned off and on: nothing since is lost', async () => {
    const before = await streamArn();
    const stream = (StreamSpecification: {
      StreamEnabled: boolean;
      StreamViewType?: 'NEW_AND_OLD_IMAGES';
    }) => owner.dynamodb.send(new UpdateTableCommand({ TableName, StreamSpecification }));
    await stream({ StreamEnabled: false });
    await stream({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
    expect(await streamArn()).not.toBe(before);
    await write('since');

    await deployment.deploy();
    await arrived('since');
    expect(await deployment.plannedChanges()).toEqual({});
  });
});
