import { describeRecord } from '../../../lambda-src/runtime/describe-record';
import { ofKnownTables } from '../../../lambda-src/runtime/known-tables';
import { record } from '../../helpers/records';

const ORDERS = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
const LABEL = 'stream/2026-01-02T03:04:05.678';
const handler = jest.fn(async (_event: unknown, _context: unknown) => 'answer');
const known = ofKnownTables(handler, [ORDERS, ORDERS.replace('Orders', 'Items')]);
const of = (eventSourceARN: string) => record(1, { eventSourceARN });

beforeEach(() => handler.mockClear());

test.each<[string, unknown]>([
  ['the streams of known tables', { Records: [record(1), record(2)] }],
  ['another stream of such a table', { Records: [of(`${ORDERS}/stream/2027-01-01T00:00:00.000`)] }],
  ['no records', { Records: [] }],
  ['nothing, which the handler rejects', undefined],
  ['text in place of records', { Records: 'x' }],
  ['values that are not records', { Records: [null, 1, {}, { eventSourceARN: 7 }] }],
])('events of %s reach the handler', async (_, event) => {
  await expect(known(event, 'context')).resolves.toBe('answer');
  expect(handler.mock.calls).toEqual([[event, 'context']]);
});

test.each([
  ['account', `${ORDERS.replace('444455556666', '999999999999')}/${LABEL}`],
  ['table', `${ORDERS}2/${LABEL}`],
  ['table, whose name is the beginning', `${ORDERS.slice(0, -1)}/${LABEL}`],
  ['table ..', `${ORDERS}/../..${LABEL}`],
  ['Region', `${ORDERS.replace('us-east-1', 'eu-west-1')}/${LABEL}`],
  ['partition', `${ORDERS.replace('aws', 'aws-cn')}/${LABEL}`],
  ['service', `${ORDERS.replace('dynamodb', 'kinesis')}/${LABEL}`],
  ['kind: the table itself', ORDERS],
  ['kind: a text', ''],
])('a record of another %s fails the batch, whatever else is in it', async (_, arn) => {
  const stranger = of(arn);
  await expect(known({ Records: [record(1), stranger] }, 'context')).rejects.toThrow(
    new Error(
      `a record of a table that this function is not subscribed to: ${describeRecord(stranger)}; subscribe the consumer to it in the topology and deploy, or look who invokes the function`,
    ),
  );
  expect(handler).not.toHaveBeenCalled();
});
