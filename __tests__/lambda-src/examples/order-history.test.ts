import { DynamoDBClient, type PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StreamHandler } from '../../../lambda-src/runtime/handler';
import { invoke } from '../../helpers/invoke';
import { described, record, sequenceNumber } from '../../helpers/records';

const ENTRY = '../../../lambda-src/examples/order-history';

/** The items that are written. */
const written: PutItemCommand['input'][] = [];
let handler: StreamHandler;

beforeAll(async () => {
  process.env.HISTORY_TABLE = 'OrderHistory';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async (command) => {
    written.push((command as PutItemCommand).input);
  });
  ({ default: handler } = await import(ENTRY));
});
afterEach(() => written.splice(0));
afterAll(() => {
  delete process.env.HISTORY_TABLE;
  delete process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED;
});

const CHANGE = {
  OrderId: { S: 'order-1' },
  Change: { S: `2026-01-02T03:04:05.678/${sequenceNumber(1).padStart(40, '0')}` },
  Expired: { BOOL: false },
  Time: { S: '2026-01-02T03:04:05.000Z' },
};

test('a new order is kept as it is', async () => {
  expect(await invoke(handler, [record(1)])).toMatchObject({ response: { batchItemFailures: [] } });
  expect(written).toEqual([
    {
      TableName: 'OrderHistory',
      Item: {
        ...CHANGE,
        EventName: { S: 'INSERT' },
        Order: { S: '{"OrderId":"order-1","Total":19.99}' },
      },
    },
  ]);
});

test('of a deleted order is kept that it is deleted, and whether it has expired', async () => {
  const deleted = {
    ...described(1, { NewImage: undefined, ApproximateCreationDateTime: undefined }),
    eventName: 'REMOVE' as const,
  };
  const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  await invoke(handler, [deleted, { ...deleted, userIdentity }]);
  const { Time: _, ...untimed } = CHANGE;
  const item = { ...untimed, EventName: { S: 'REMOVE' } };
  expect(written.map(({ Item }) => Item)).toEqual([item, { ...item, Expired: { BOOL: true } }]);
});

test('without the name of its table it is not started', () => {
  delete process.env.HISTORY_TABLE;
  expect(() => jest.isolateModules(() => require(ENTRY))).toThrow(
    'the variable HISTORY_TABLE is not set: the name of the table with the history',
  );
});
