import handler from '../../../lambda-src/examples/order-totals';
import { type Change, type DeliveryOptions, deliver } from '../../../lambda-src/testing';
import { caught } from '../../helpers/invoke';

const keys = { OrderId: 'order-1' };
const order = (TotalCents: number, Currency = 'EUR') => ({ ...keys, Currency, TotalCents });

const insert = (newImage: object): Change => ({ eventName: 'INSERT', keys, newImage });
const modify = (oldImage: object, newImage: object): Change => ({
  eventName: 'MODIFY',
  keys,
  oldImage,
  newImage,
});
const remove = (oldImage: object): Change => ({ eventName: 'REMOVE', keys, oldImage });

const deliverTo = (changes: readonly Change[], options?: DeliveryOptions) =>
  caught(() => deliver(handler, changes, options));

describe('the sum of all orders changes by', () => {
  test.each<[string, Change, differences: [currency: string, cents: number][]]>([
    ['a new order', insert(order(1999)), [['EUR', 1999]]],
    ['the difference of a changed order', modify(order(1999), order(500)), [['EUR', -1499]]],
    ['nothing where the total stays', modify(order(1999), order(1999)), []],
    [
      'two currencies where the currency changed',
      modify(order(1999), order(2100, 'USD')),
      [
        ['EUR', -1999],
        ['USD', 2100],
      ],
    ],
    ['a cancelled order', remove(order(1999)), [['EUR', -1999]]],
    ['nothing where Time to Live removed the order', { ...remove(order(1999)), expired: true }, []],
  ])('%s', async (_, change, differences) => {
    const { result, lines } = await deliverTo([change]);
    expect(result.processed).toEqual([change]);
    expect(lines.map(({ currency, cents }) => [currency, cents])).toEqual(differences);
  });
});

test('a line has the id of its change, by which a query deduplicates', async () => {
  const { lines } = await deliverTo([insert(order(1999))], { faults: ['lost answer'] });
  const line = {
    timestamp: expect.any(String),
    level: 'INFO',
    message: 'Total changed',
    functionName: 'Function',
    coldStart: false,
    changeId: 'change-0',
    account: '444455556666',
    eventName: 'INSERT',
    orderId: 'order-1',
    currency: 'EUR',
    cents: 1999,
  };
  expect(lines).toEqual([
    { ...line, requestId: 'request-0' },
    { ...line, requestId: 'request-1' },
  ]);
});

test('an order without a total is discarded alone, and the sum of the others is right, whatever is repeated', async () => {
  const broken = insert(keys);
  const changes = [
    insert(order(1999)),
    modify(order(1999), order(700, 'USD')),
    broken,
    modify(order(700, 'USD'), order(500)),
    insert(order(1)),
  ];
  const { result, lines } = await deliverTo(changes, {
    batchSize: 3,
    retries: 2,
    faults: ['time-out', 'lost answer'],
  });
  expect(result).toMatchObject({ discarded: [broken], repeated: changes.slice(0, 2) });
  expect(result.processed).toEqual(changes.filter((change) => change !== broken));
  const once = new Map(lines.map((line) => [`${line.changeId} ${line.currency}`, line]));
  const sum = (currency: string) =>
    [...once.values()]
      .filter((line) => line.currency === currency)
      .reduce((total, { cents }) => total + Number(cents), 0);
  expect([sum('EUR'), sum('USD')]).toEqual([501, 0]);
  expect(lines.find(({ level }) => level === 'ERROR')?.error).toMatchObject({
    message: 'TotalCents of order-1 must be a whole number, got undefined',
  });
});
