import { parseItem } from '../../local/item';
import { emptyState, Table, type TableSchema } from '../../local/table';

const STREAM =
  'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
const NOW = new Date('2026-01-02T03:04:05.678Z');

function table(schema: Partial<TableSchema> = {}): Table {
  const whole: TableSchema = {
    streamArn: STREAM,
    key: [{ name: 'Id', type: 'S' }],
    viewType: 'NEW_AND_OLD_IMAGES',
    ...schema,
  };
  return new Table(whole, emptyState(whole), () => NOW);
}

/** The images of the record of a change. */
const imagesOf = ({ record }: ReturnType<Table['put']>) => {
  const { Keys, OldImage, NewImage } = record?.dynamodb ?? {};
  return [record?.eventName, { Keys, OldImage, NewImage }];
};

test('the record of a change is as DynamoDB Streams writes it', () => {
  const orders = table({ key: [{ name: 'Id', type: 'N' }] });
  orders.put({ Id: 101, Message: 'New item!' });
  // The sizes are those of AWS's example.
  expect(orders.put({ Id: 101, Message: 'This item has changed' })).toEqual({
    keys: { Id: { N: '101' } },
    record: {
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: 1767323045,
        Keys: { Id: { N: '101' } },
        NewImage: { Id: { N: '101' }, Message: { S: 'This item has changed' } },
        OldImage: { Id: { N: '101' }, Message: { S: 'New item!' } },
        SequenceNumber: '4421584500000000017450439001',
        SizeBytes: 59,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: STREAM,
    },
  });
  expect(orders.delete({ Id: 101 }).record?.dynamodb).toMatchObject({
    SequenceNumber: '4421584500000000017450439002',
    SizeBytes: 38,
  });
});

test('put inserts and replaces, update sets attributes, delete removes', () => {
  const orders = table();
  const keys = { Id: { S: 'a' } };
  const first = { ...keys, Total: { N: '1' }, Open: { BOOL: true } };
  const second = { ...keys, Total: { N: '2' }, Open: { BOOL: true }, Note: { NULL: true } };
  const third = { ...keys, Total: { N: '3' } };
  expect(
    [
      orders.put({ Id: 'a', Total: 1, Open: true }),
      orders.update({ Id: 'a', Total: 2, Note: null }),
      orders.put({ Id: 'a', Total: 3 }),
      orders.delete({ Id: 'a' }),
      orders.update({ Id: 'b' }),
    ].map(imagesOf),
  ).toEqual([
    ['INSERT', { Keys: keys, NewImage: first }],
    ['MODIFY', { Keys: keys, OldImage: first, NewImage: second }],
    ['MODIFY', { Keys: keys, OldImage: second, NewImage: third }],
    ['REMOVE', { Keys: keys, OldImage: third }],
    ['INSERT', { Keys: { Id: { S: 'b' } }, NewImage: { Id: { S: 'b' } } }],
  ]);
});

test('what changes nothing has no record', () => {
  const orders = table();
  orders.put({ Id: { S: 'a' }, Tags: { SS: ['x', 'y'] }, Total: { N: '1.50' } });
  const keys = { Id: { S: 'a' } };
  expect([
    orders.put({ Tags: new Set(['y', 'x']), Total: 1.5, Id: 'a' }),
    orders.update({ Id: 'a' }),
    orders.update({ Id: 'a', Total: 1.5 }),
    orders.delete({ Id: 'b' }),
  ]).toEqual([{ keys }, { keys }, { keys }, { keys: { Id: { S: 'b' } } }]);
  expect(orders.state.records).toHaveLength(1);
});

test('numbers of one value are one, however they are written', () => {
  const orders = table({ key: [{ name: 'Id', type: 'N' }] });
  const written = ['1e100', '1E100', '10E99', '0.1e+101', '-12.50E-99', '-125e-100'];
  const ids = written.map((N) => orders.put({ Id: { N } }).keys.Id?.N);
  expect([...new Set(ids)]).toEqual(['1E100', '-125E-100']);
  expect(orders.state.records).toHaveLength(2);
});

test('an attribute without a name is refused', () => {
  expect(() => table().put({ Id: 'a', '': 1 })).toThrow(
    'an item must have attributes with names, got an empty one',
  );
  expect(() => table().put({ Id: 'a', Address: { '': 1 } })).toThrow(
    'Address must have attributes with names, got an empty one',
  );
});

test.each([
  ['KEYS_ONLY', []],
  ['NEW_IMAGE', ['NewImage']],
  ['OLD_IMAGE', ['OldImage']],
  ['NEW_AND_OLD_IMAGES', ['NewImage', 'OldImage']],
] as const)('%s shows %j of a change', (viewType, images) => {
  const orders = table({ viewType });
  orders.put({ Id: 'a', Total: 1 });
  const { dynamodb = {} } = orders.put({ Id: 'a', Total: 2 }).record ?? {};
  expect(Object.keys(dynamodb).filter((name) => name.endsWith('Image'))).toEqual(images);
  expect(dynamodb.StreamViewType).toBe(viewType);
});

test('every type of DynamoDB is stored, and numbers keep their digits', () => {
  const plain = parseItem(
    '{"Id":"a","Big":12345678901234567890,"Fine":0.10000000000000000000001,"Zeros":1.500,"Exp":1e3,"No":null,"List":[1,{"S":"x"}],"Yes":true,"Quote":"1 \\" 2.50"}',
  );
  const stored = {
    Id: { S: 'a' },
    Big: { N: '12345678901234567890' },
    Fine: { N: '0.10000000000000000000001' },
    Zeros: { N: '1.5' },
    Exp: { N: '1000' },
    No: { NULL: true },
    List: { L: [{ N: '1' }, { M: { S: { S: 'x' } } }] },
    Yes: { BOOL: true },
    Quote: { S: '1 " 2.50' },
  };
  expect(imagesOf(table().put(plain))[1]).toMatchObject({ NewImage: stored });

  const typed = {
    Id: { S: 'a' },
    Numbers: { NS: ['10', '2'] },
    Bytes: { B: 'aGk=' },
    All: { BS: ['aGk='] },
    Map: { M: { List: { L: [{ BOOL: false }] } } },
    __proto__x: { S: '' },
  };
  expect(imagesOf(table().put(parseItem(JSON.stringify(typed))))[1]).toMatchObject({
    NewImage: typed,
  });
});

const SORTED: Partial<TableSchema> = {
  key: [
    { name: 'Id', type: 'S' },
    { name: 'At', type: 'N' },
  ],
};

const NUMBER = 'a number of at most 38 digits, from 1E-130 to 9.9E+125, in DynamoDB JSON as text';
const SET = 'a list of one or more different values, each text';
const TYPED = '"Id":{"S":"a"},"At":{"N":"1"}';

test.each(
  Object.entries({
    'put {"At":1}': 'Id must be the partition key of type S, and is missing',
    'put {"Id":"a"}': 'At must be the sort key of type N, and is missing',
    'update {"Id":1,"At":1}': 'Id must be the partition key of type S, got {"N":"1"}',
    'put {"Id":"","At":1}': 'Id must be the partition key of type S, of 1 to 2048 bytes, got 0',
    'delete {"Id":"a","At":1,"Total":1}':
      'Total must be left out: what is deleted is named by its key, Id and At',
    'put {"Id":{"S":"a"},"At":{"N":1}}': `At must be ${NUMBER}, got 1`,
    [`put {"Id":"a","At":${'1'.repeat(39)}}`]: `At must be ${NUMBER}, got "${'1'.repeat(39)}"`,
    [`put {${TYPED},"Tags":{"SS":[]}}`]: `Tags must be ${SET}, got []`,
    [`put {${TYPED},"Tags":{"SS":["x","x"]}}`]: `Tags must be ${SET}, got ["x","x"]`,
    [`put {${TYPED},"Bytes":{"B":"?"}}`]: 'Bytes must be Base64, got "?"',
    [`put {${TYPED},"None":{"NULL":false}}`]: 'None must be true, got false',
    [`put {${TYPED},"Map":{"M":{"x":1}}}`]:
      'Map.x must be a value with its type, such as {"S":"a"}, got 1',
    [`put {${TYPED},"List":{"L":[{"S":1}]}}`]: 'List[0] must be text, got 1',
    [`put {"Id":"a","At":1,"Deep":${'['.repeat(33)}${']'.repeat(33)}}`]: `Deep${'[0]'.repeat(32)} must be at most 32 levels deep`,
    [`put {"Id":"a","At":1,"Long":"${'x'.repeat(409_600)}"}`]:
      'an item must have at most 409600 bytes, got 409611',
    'put [1]': 'an item must be a JSON object, such as {"Id":"1"}, got "[1]"',
    'put 5': 'an item must be a JSON object, such as {"Id":"1"}, got "5"',
  }).map(([call, message]) => [message, call] as const),
)('a write is refused: %s', (message, call) => {
  const orders = table(SORTED);
  const [action, item = ''] = call.split(' ') as ['put' | 'update' | 'delete', string];
  expect(() => orders[action](parseItem(item))).toThrow(message);
  expect(orders.state).toEqual(emptyState(orders.schema));
});

test('what is not JSON, or too deep for anybody to read, is refused', () => {
  const deep = '['.repeat(100_000);
  expect(() => parseItem(deep)).toThrow(/: it is nested more than 100 levels deep$/);
  expect(() => parseItem("{'Id':'1'}")).toThrow(
    /^an item must be a JSON object, such as {"Id":"1"}, got "{'Id':'1'}": /,
  );
});

test('the key of a table of others is the first attribute of the first item', () => {
  const orders = table({ key: undefined });
  expect(() => orders.put({ Total: null })).toThrow(
    'an item must begin with its partition key, which is text, a number or bytes, got {"Total":{"NULL":true}}',
  );
  expect(orders.put({ OrderId: 'a', Total: 1 }).keys).toEqual({ OrderId: { S: 'a' } });
  expect(orders.put({ Total: 2, OrderId: 'b' }).keys).toEqual({ OrderId: { S: 'b' } });
});

test('a subscription reads from its position on', () => {
  const orders = table();
  orders.put({ Id: 'a' });
  orders.subscribe('latest', 'LATEST');
  orders.subscribe('all', 'TRIM_HORIZON');
  orders.put({ Id: 'b' });
  orders.put({ Id: 'c' });
  const unread = (name: string) => orders.unread(name).map(({ dynamodb }) => dynamodb?.Keys?.Id?.S);
  expect([unread('latest'), unread('all')]).toEqual([
    ['b', 'c'],
    ['a', 'b', 'c'],
  ]);
  orders.advance('all', 2);
  orders.advance('latest', 2);
  expect([unread('latest'), unread('all')]).toEqual([[], ['c']]);
  orders.subscribe('all', 'LATEST');
  expect(unread('all')).toEqual(['c']);
});
