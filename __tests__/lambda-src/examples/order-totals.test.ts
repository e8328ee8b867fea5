import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import handler from '../../../lambda-src/examples/order-totals';
import { invoke } from '../../helpers/invoke';
import { record, sequenceNumber } from '../../helpers/records';

type Image = Record<string, AttributeValue>;

const order = (cents: string, currency = 'EUR'): Image => ({
  OrderId: { S: 'order-1' },
  Currency: { S: currency },
  TotalCents: { N: cents },
});
const change = (
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE',
  images: { OldImage?: Image; NewImage?: Image },
  userIdentity?: object,
): DynamoDBRecord =>
  record(1, {
    eventName,
    userIdentity,
    dynamodb: { ...record(1).dynamodb, NewImage: undefined, ...images },
  });
const TIME_TO_LIVE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

/** What the function logs of a change: currency and cents. */
async function differences(one: DynamoDBRecord) {
  const { response, lines } = await invoke(handler, [one]);
  expect(response).toEqual({ batchItemFailures: [] });
  return lines.map(({ currency, cents }) => [currency, cents]);
}

describe('the sum of all orders changes by', () => {
  test.each<[string, DynamoDBRecord, unknown[]]>([
    ['a new order', change('INSERT', { NewImage: order('1999') }), [['EUR', 1999]]],
    [
      'the difference of a changed order',
      change('MODIFY', { OldImage: order('1999'), NewImage: order('500') }),
      [['EUR', -1499]],
    ],
    [
      'nothing where the total stays',
      change('MODIFY', { OldImage: order('1999'), NewImage: order('1999') }),
      [],
    ],
    [
      'two currencies where the currency changed',
      change('MODIFY', { OldImage: order('1999'), NewImage: order('2100', 'USD') }),
      [
        ['EUR', -1999],
        ['USD', 2100],
      ],
    ],
    ['a cancelled order', change('REMOVE', { OldImage: order('1999') }), [['EUR', -1999]]],
    [
      'nothing where Time to Live removed the order',
      change('REMOVE', { OldImage: order('1999') }, TIME_TO_LIVE),
      [],
    ],
  ])('%s', async (_, one, expected) => {
    expect(await differences(one)).toEqual(expected);
  });
});

test('a line has the id of its change, by which a query deduplicates', async () => {
  const one = change('INSERT', { NewImage: order('1999') });
  const [first] = (await invoke(handler, [one])).lines;
  const [repeat] = (await invoke(handler, [one])).lines;
  const line = {
    timestamp: expect.any(String),
    level: 'INFO',
    message: 'Total changed',
    requestId: 'request-1',
    functionName: 'ProcessOrders',
    coldStart: false,
    changeId: 'event-1',
    account: '444455556666',
    eventName: 'INSERT',
    orderId: 'order-1',
    currency: 'EUR',
    cents: 1999,
  };
  expect([first, repeat]).toEqual([line, line]);
});

test('an order without a total fails, and nothing after it is started', async () => {
  const good = change('INSERT', { NewImage: order('1999') });
  const broken = record(2);
  const { response, lines } = await invoke(handler, [good, broken, good]);
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }] });
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['INFO', 'Total changed'],
    ['ERROR', 'Change failed; Lambda will deliver it and what follows again'],
  ]);
  expect(lines[1]?.error).toMatchObject({
    message: 'TotalCents of order-2 must be a whole number, got undefined',
  });
});
