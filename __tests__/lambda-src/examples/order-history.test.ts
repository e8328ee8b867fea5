import { DynamoDBClient, type PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StreamHandler } from '../../../lambda-src/runtime/handler';
import { type Change, type DeliveryOptions, deliver } from '../../../lambda-src/testing';
import { caught } from '../../helpers/invoke';

const ENTRY = '../../../lambda-src/examples/order-history';

type Item = PutItemCommand['input']['Item'];

/** The items of the table OrderHistory, by key. */
const stored = new Map<string, Item>();
/** Before an item is stored. */
let put = (_item: Item) => {};
let handler: StreamHandler;

beforeAll(async () => {
  process.env.HISTORY_TABLE = 'OrderHistory';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async (command) => {
    const { TableName, Item } = (command as PutItemCommand).input;
    put(Item);
    stored.set(`${TableName} ${Item?.OrderId?.S} ${Item?.Change?.S}`, Item);
  });
  ({ default: handler } = await import(ENTRY));
});
afterEach(() => {
  stored.clear();
  put = () => {};
});
afterAll(() => {
  delete process.env.HISTORY_TABLE;
  delete process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED;
});

const deliverTo = async (changes: readonly Change[], options?: DeliveryOptions) =>
  (await caught(() => deliver(handler, changes, options))).result;

const keys = { OrderId: 'order-1' };
const order = (Total: number) => ({ ...keys, Total });
const changes: readonly Change[] = [
  { eventName: 'INSERT', keys, newImage: order(19.99) },
  { eventName: 'MODIFY', keys, oldImage: order(19.99), newImage: order(5) },
  { eventName: 'REMOVE', keys, oldImage: order(5), expired: true },
];

/** The items in the table after the changes of these indexes. */
const history = (...indexes: number[]) =>
  [
    { EventName: { S: 'INSERT' }, Order: { S: '{"OrderId":"order-1","Total":19.99}' } },
    { EventName: { S: 'MODIFY' }, Order: { S: '{"OrderId":"order-1","Total":5}' } },
    { EventName: { S: 'REMOVE' }, Expired: { BOOL: true } },
  ].flatMap((item, index) => {
    const Change = `2026-01-02T03:04:05.678/000000000000442158450000000001745043900${index}`;
    const whole = {
      OrderId: { S: 'order-1' },
      Change: { S: Change },
      Expired: { BOOL: false },
      Time: { S: '2026-01-02T03:04:05.000Z' },
      ...item,
    };
    return indexes.includes(index) ? [[`OrderHistory order-1 ${Change}`, whole]] : [];
  });

test.each<[string, DeliveryOptions]>([
  ['once delivered', {}],
  ['delivered again after a time-out', { faults: ['time-out'] }],
  ['delivered again since the answer was lost', { faults: ['lost answer', 'lost answer'] }],
  ['one by one', { batchSize: 1 }],
])('each change of an order is kept once, %s', async (_, options) => {
  expect((await deliverTo(changes, options)).processed).toEqual(changes);
  expect([...stored]).toEqual(history(0, 1, 2));
});

test('what fails at first is kept by a retry, in order', async () => {
  let failures = 2;
  put = ({ EventName } = {}) => {
    if (EventName?.S === 'MODIFY' && failures-- > 0) throw new Error('throttled');
  };
  expect((await deliverTo(changes)).discarded).toEqual([]);
  expect([...stored]).toEqual(history(0, 1, 2));
});

test('a change that cannot be kept is discarded, alone', async () => {
  put = ({ EventName } = {}) => {
    if (EventName?.S === 'MODIFY') throw new Error('too large');
  };
  expect((await deliverTo(changes, { retries: 2 })).discarded).toEqual([changes[1]]);
  expect([...stored]).toEqual(history(0, 2));
});

test('without the name of its table it is not started', () => {
  delete process.env.HISTORY_TABLE;
  expect(() => jest.isolateModules(() => require(ENTRY))).toThrow(
    'the variable HISTORY_TABLE is not set: the name of the table with the history',
  );
});
