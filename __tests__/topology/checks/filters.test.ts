import { parse } from 'yaml';
import { FILTERS } from '../../../topology/limits';
import { type Overrides, problemsOf, topology } from '../../helpers/topology';

const TABLE = 'producers.orders.table';
const SORT_KEY = { [`${TABLE}.sortKey`]: { name: 'Version', type: 'N' } };

/** What is said about a filter, without the beginning that all places have. */
function saidOf(filter: unknown, overrides: Overrides = {}): string[] {
  const content = topology({ ...SORT_KEY, ...overrides, 'subscriptions[0].filters': [filter] });
  return problemsOf(content).map((problem) => problem.replace('subscriptions[0].filters[0]', ''));
}

const yaml = (text: string) => parse(text, { stringKeys: true });
const attribute = (text: string) => `{ dynamodb: { NewImage: { A: ${text} } } }`;

describe('accepted is', () => {
  test.each([
    '{ eventName: [INSERT, MODIFY] }',
    '{ eventName: [{ prefix: IN }] }',
    '{ eventName: [{ equals-ignore-case: insert }] }',
    '{ eventName: [{ anything-but: REMOVE }] }',
    '{ dynamodb: { Keys: { OrderId: { S: [AnyCompany Industries] } } } }',
    '{ dynamodb: { Keys: { Version: { N: ["4567"] } } } }',
    '{ dynamodb: { NewImage: { AccountManager: { S: [Pat Candella, Shirley Rodriguez] } } } }',
    '{ dynamodb: { NewImage: { A: { S: [a] } }, OldImage: { A: { S: [b] } } } }',
    '{ dynamodb: { NewImage: { Organizations: { L: { S: [{ exists: true }] } } } } }',
    '{ userIdentity: { type: [Service], principalId: [dynamodb.amazonaws.com] } }',
    '{ eventName: [REMOVE], userIdentity: { type: [Service] } }',
    '{ eventName: [INSERT], userIdentity: { type: [{ exists: false }] } }',
    '{ eventName: [REMOVE], dynamodb: { NewImage: { A: { S: [{ exists: false }] } } } }',
    '{ eventName: [INSERT, REMOVE], dynamodb: { NewImage: { A: { S: [a] } } } }',
    '{ $or: [{ eventName: [INSERT] }, { dynamodb: { OldImage: { A: { S: [a] } } } }] }',
    '{ dynamodb: { $or: [{ NewImage: { A: { S: [a] } } }, { OldImage: { A: { S: [a] } } }] } }',
    '{ awsRegion: [us-east-1], eventSource: ["aws:dynamodb"], eventVersion: ["1.1"] }',
    '{ dynamodb: { SizeBytes: [26, { numeric: [">", 100] }], StreamViewType: [NEW_AND_OLD_IMAGES] } }',
    '{ dynamodb: { ApproximateCreationDateTime: [1678831218, "1678831218.0"] } }',
    attribute('{ $or: [{ S: [a] }, { N: ["1"] }] }'),
    attribute('{ M: { b: { L: { M: { c: { NULL: [true] } } } } } }'),
    attribute('{ S: ["", { exists: false }, { suffix: .png }, { equals-ignore-case: a }] }'),
    attribute(
      '{ S: [{ prefix: { equals-ignore-case: a } }, { anything-but: { prefix: [a, b] } }] }',
    ),
    attribute('{ N: ["0", "-2.5", "1e100", { prefix: "1" }, { anything-but: ["0"] }] }'),
    attribute('{ BOOL: [false, { exists: true }] }'),
    attribute('{ NULL: [true, { exists: false }] }'),
    attribute('{ SS: [a, { prefix: b }] }'),
    attribute('{ NS: ["1"] }'),
    attribute('{ B: [aGk=] }'),
    attribute('{ BS: [aGk=] }'),
    '{ dynamodb: { NewImage: { prefix: { S: [a] }, constructor: { S: [a] } } } }',
  ])('%s', (text) => expect(saidOf(yaml(text))).toEqual([]));

  test('any key of a table that exists', () => {
    const content = topology({
      'producers.orders': {
        account: 'shop',
        existingTable: { name: 'Orders' },
        streamPolicy: 'none',
      },
      'subscriptions[0].filters': [yaml('{ dynamodb: { Keys: { Any: { N: ["1"] } } } }')],
    });
    expect(problemsOf(content)).toEqual([]);
  });
});

const NO_FIELD =
  'is no field of a stream record; write awsRegion, dynamodb, eventID, eventName, eventSource, eventSourceARN, eventVersion or userIdentity';
const TYPES = 'S, N, B, BOOL, NULL, M, L, SS, NS or BS';
const ON_VALUES = 'must not ask for exists, which works on values only; write';
const RANGE = 'must be one comparison or a range, such as { numeric: [">", 10, "<=", 20] }';
const ANYTHING_BUT =
  'must be a text, a list of texts, or { prefix: … } or the like, such as { anything-but: [closed] }';
const A = '.dynamodb.NewImage.A';

describe('refused is', () => {
  test.each<[string, string, ...string[]]>([
    [
      'an empty pattern',
      '{}',
      ' must not be empty, which Lambda refuses; write what matches, such as { eventName: [INSERT] }, or leave it out, got {}',
    ],
    [
      'an empty mapping',
      attribute('{}'),
      `${A} must not be empty, which Lambda refuses; write what matches, such as { S: [open] }, or leave it out, got {}`,
    ],
    [
      'an empty list',
      '{ eventName: [] }',
      '.eventName must be a list of what matches, such as [INSERT], got []',
    ],
    [
      'a value in place of a list',
      '{ eventName: INSERT }',
      '.eventName must be a list of what matches, such as [INSERT], got "INSERT"',
    ],
    [
      'an operator in place of a list',
      attribute('{ S: { prefix: a } }'),
      `${A}.S must be a list of what matches, such as [{ prefix: … }], got {"prefix":"a"}`,
    ],
    [
      'a list in place of a mapping',
      attribute('[open]'),
      `${A} must be a mapping from a type, such as { S: [open] }, got ["open"]`,
    ],
    [
      'null in place of a mapping',
      '{ dynamodb: ~ }',
      '.dynamodb must be a mapping from a field, such as { Keys: { Id: { S: [a] } } }, got null',
    ],

    [
      'a field in other capitals',
      '{ eventname: [INSERT] }',
      '.eventname is no field of a stream record; write eventName, got ["INSERT"]',
    ],
    [
      'the field of another source',
      '{ body: { a: [b] } }',
      '.body is no field of a stream record; write dynamodb, got {"a":["b"]}',
    ],
    [
      'a field that is below dynamodb',
      '{ NewImage: { A: { S: [a] } } }',
      '.NewImage is no field of a stream record; write dynamodb: { NewImage: … }, got {"A":{"S":["a"]}}',
    ],
    ['a field that nothing has', '{ __proto: [a] }', `.__proto ${NO_FIELD}, got ["a"]`],
    [
      'a field of JavaScript objects',
      '{ constructor: [a] }',
      `.constructor ${NO_FIELD}, got ["a"]`,
    ],
    [
      'the form of the AWS CLI',
      '{ pattern: { eventName: [INSERT] } }',
      '.pattern must be left out; write what is below it in its place, as a mapping, got {"eventName":["INSERT"]}',
    ],
    [
      'the form of SAM',
      `{ Pattern: '{"eventName":["INSERT"]}' }`,
      '.Pattern must be left out; write what is below it in its place, as a mapping, got "{\\"eventName\\":[\\"INSERT\\"]}"',
    ],
    [
      'a field of the identity in capitals',
      '{ userIdentity: { PrincipalId: [a] } }',
      '.userIdentity.PrincipalId is no field of userIdentity; write principalId, got ["a"]',
    ],

    [
      'an event in other capitals',
      '{ eventName: [insert] }',
      '.eventName[0] must be INSERT, MODIFY or REMOVE, got "insert"',
    ],
    [
      'no event',
      '{ eventName: [~, 5] }',
      '.eventName[0] must be INSERT, MODIFY or REMOVE, got null',
      '.eventName[1] must be INSERT, MODIFY or REMOVE, got 5',
    ],
    [
      'an event that nothing excludes',
      '{ eventName: [{ anything-but: [DELETE] }] }',
      '.eventName[0].anything-but[0] must be INSERT, MODIFY or REMOVE, got "DELETE"',
    ],
    [
      'a prefix of no event',
      '{ eventName: [{ prefix: DEL }] }',
      '.eventName[0].prefix must match INSERT, MODIFY or REMOVE, got "DEL"',
    ],
    [
      'the lack of what all records have',
      '{ eventName: [{ exists: false }] }',
      '.eventName[0].exists must not be false, since every record has it, got false',
    ],
    [
      'a view type that the stream does not have',
      '{ dynamodb: { StreamViewType: [KEYS_ONLY] } }',
      '.dynamodb.StreamViewType[0] must be NEW_AND_OLD_IMAGES, got "KEYS_ONLY"',
    ],
    [
      'an image in other capitals',
      '{ dynamodb: { newImage: { A: { S: [a] } } } }',
      '.dynamodb.newImage is no field of dynamodb; write NewImage, got {"A":{"S":["a"]}}',
    ],

    [
      'a key in other capitals',
      '{ dynamodb: { Keys: { orderId: { S: [a] } } } }',
      '.dynamodb.Keys.orderId is no attribute of the key of Orders; write OrderId, got {"S":["a"]}',
    ],
    [
      'a key of another table',
      '{ dynamodb: { Keys: { Id: { S: [a] } } } }',
      '.dynamodb.Keys.Id is no attribute of the key of Orders; write OrderId or Version, got {"S":["a"]}',
    ],
    [
      'a key of another type',
      '{ dynamodb: { Keys: { Version: { S: [a] } } } }',
      '.dynamodb.Keys.Version.S is no type of the key Version; write N, got ["a"]',
    ],
    [
      'a key of another type, in an image',
      '{ dynamodb: { OldImage: { Version: { S: [a] } } } }',
      '.dynamodb.OldImage.Version.S is no type of the key Version; write N, got ["a"]',
    ],
    [
      'the lack of a key',
      '{ dynamodb: { Keys: { OrderId: { S: [{ exists: false }] } } } }',
      '.dynamodb.Keys.OrderId.S[0].exists must not be false, since every record has it, got false',
    ],

    [
      'a type in other capitals',
      attribute('{ s: [a] }'),
      `${A}.s is no type of an attribute; write S, got ["a"]`,
    ],
    [
      'a type by its long name',
      attribute('{ String: [a] }'),
      `${A}.String is no type of an attribute; write S, got ["a"]`,
    ],
    [
      'an attribute below an attribute',
      attribute('{ City: { S: [a] } }'),
      `${A}.City is no type of an attribute; write ${TYPES}, got {"S":["a"]}`,
    ],
    [
      'an attribute below a list',
      attribute('{ L: { City: { S: [a] } } }'),
      `${A}.L.City is no type of an element of a list; write ${TYPES}, got {"S":["a"]}`,
    ],
    [
      'a type in other capitals, deep in maps',
      attribute('{ M: { b: { L: { M: { c: { bool: [true] } } } } } }'),
      `${A}.M.b.L.M.c.bool is no type of an attribute; write BOOL, got [true]`,
    ],

    [
      'a number under N',
      attribute('{ N: [100] }'),
      `${A}.N[0] must be text, as it is in a record; write "100", got 100`,
    ],
    [
      'a number under S',
      attribute('{ S: [7] }'),
      `${A}.S[0] must be text, as it is in a record; write "7", got 7`,
    ],
    [
      'a truth value under S',
      attribute('{ S: [true] }'),
      `${A}.S[0] must be text, as it is in a record; write "true", got true`,
    ],
    [
      'null under S',
      attribute('{ S: [~] }'),
      `${A}.S[0] must be text; for an attribute that is null write NULL: [true], got null`,
    ],
    [
      'a list in a list',
      attribute('{ S: [[a]] }'),
      `${A}.S[0] must be text or an operator, got ["a"]`,
    ],
    [
      'a number that DynamoDB writes otherwise',
      attribute('{ N: ["1.10", "-007", "5."] }'),
      `${A}.N[0] must be a number as DynamoDB writes it; write "1.1", got "1.10"`,
      `${A}.N[1] must be a number as DynamoDB writes it; write "-7", got "-007"`,
      `${A}.N[2] must be a number as DynamoDB writes it; write "5", got "5."`,
    ],
    [
      'a text that is no number',
      attribute('{ NS: [many] }'),
      `${A}.NS[0] must be a number, as it is in a record, got "many"`,
    ],
    [
      'a text that is not Base64',
      attribute('{ B: ["a?"] }'),
      `${A}.B[0] must be Base64, as it is in a record, got "a?"`,
    ],
    [
      'text under BOOL',
      attribute('{ BOOL: ["true"] }'),
      `${A}.BOOL[0] must be true or false, without quotes, got "true"`,
    ],
    [
      'a number under BOOL',
      attribute('{ BOOL: [1] }'),
      `${A}.BOOL[0] must be true or false, got 1`,
    ],
    ['false under NULL', attribute('{ NULL: [false] }'), `${A}.NULL[0] must be true, got false`],
    [
      'text for the size',
      '{ dynamodb: { SizeBytes: ["26"] } }',
      '.dynamodb.SizeBytes[0] must be a number, without quotes, got "26"',
    ],

    [
      'numeric on an attribute',
      attribute('{ N: [{ numeric: [">", 1] }] }'),
      `${A}.N[0].numeric must not be used, since numbers are text in a record; list the texts that match, such as ["100"], or compare in the function, got [">",1]`,
    ],
    [
      'numeric without an operator',
      '{ dynamodb: { SizeBytes: [{ numeric: [10] }] } }',
      `.dynamodb.SizeBytes[0].numeric ${RANGE}, got [10]`,
    ],
    [
      'a range without numbers in it',
      '{ dynamodb: { SizeBytes: [{ numeric: [">", 10, "<", 5] }] } }',
      `.dynamodb.SizeBytes[0].numeric ${RANGE}, got [">",10,"<",5]`,
    ],
    [
      'an operator of other languages',
      attribute('{ S: [{ startsWith: a }] }'),
      `${A}.S[0].startsWith is no operator of Lambda's filters; write prefix, got "a"`,
    ],
    [
      'an operator that only EventBridge has',
      attribute('{ S: [{ wildcard: "a*" }] }'),
      `${A}.S[0].wildcard is no operator of Lambda's filters; write prefix, suffix, equals-ignore-case, anything-but, numeric or exists, got "a*"`,
    ],
    [
      'two operators in one',
      attribute('{ S: [{ prefix: a, suffix: b }] }'),
      `${A}.S[0] must be one operator, such as { prefix: ab }, got {"prefix":"a","suffix":"b"}`,
    ],
    [
      'no operator',
      attribute('{ S: [{}] }'),
      `${A}.S[0] must be one operator, such as { prefix: ab }, got {}`,
    ],
    [
      'an operand in a list',
      attribute('{ S: [{ prefix: [a] }] }'),
      `${A}.S[0].prefix must be a text, such as { prefix: ab }, got ["a"]`,
    ],
    [
      'a number as an operand',
      attribute('{ S: [{ equals-ignore-case: 5 }] }'),
      `${A}.S[0].equals-ignore-case must be a text, such as { equals-ignore-case: open }, got 5`,
    ],
    [
      'exists with text',
      attribute('{ S: [{ exists: "true" }] }'),
      `${A}.S[0].exists must be true or false, got "true"`,
    ],
    [
      'anything but nothing',
      attribute('{ S: [{ anything-but: [] }] }'),
      `${A}.S[0].anything-but ${ANYTHING_BUT}, got []`,
    ],
    [
      'anything but a number',
      attribute('{ N: [{ anything-but: [a, 2] }] }'),
      `${A}.N[0].anything-but[0] must be a number, as it is in a record, got "a"`,
      `${A}.N[0].anything-but[1] must be text, as it is in a record; write "2", got 2`,
    ],
    [
      'anything but an unknown operator',
      attribute('{ S: [{ anything-but: { wildcard: a } }] }'),
      `${A}.S[0].anything-but ${ANYTHING_BUT}, got {"wildcard":"a"}`,
    ],
    [
      'an operator for texts on a truth value',
      attribute('{ BOOL: [{ anything-but: [a] }] }'),
      `${A}.BOOL[0].anything-but must not be used here; write [true], got ["a"]`,
    ],

    [
      'exists on an attribute',
      attribute('[{ exists: true }]'),
      `${A} ${ON_VALUES} { S: [{ exists: true }] }, got [{"exists":true}]`,
    ],
    [
      'exists on a list',
      attribute('{ L: [{ exists: false }] }'),
      `${A}.L ${ON_VALUES} { S: [{ exists: true }] }, got [{"exists":false}]`,
    ],
    [
      'exists on a map',
      attribute('{ M: [{ exists: true }] }'),
      `${A}.M ${ON_VALUES} { Status: { S: [{ exists: true }] } }, got [{"exists":true}]`,
    ],
    [
      'exists on an image',
      '{ dynamodb: { NewImage: [{ exists: true }] } }',
      `.dynamodb.NewImage ${ON_VALUES} { Status: { S: [{ exists: true }] } }, got [{"exists":true}]`,
    ],

    [
      '$or with a mapping',
      '{ $or: { eventName: [INSERT] } }',
      '.$or must be a list of two patterns or more, such as [{ eventName: [INSERT] }, …], got {"eventName":["INSERT"]}',
    ],
    [
      '$or with one pattern',
      '{ $or: [{ eventName: [INSERT] }] }',
      '.$or must be a list of two patterns or more, such as [{ eventName: [INSERT] }, …], got [{"eventName":["INSERT"]}]',
    ],
    [
      'a wrong value in $or',
      '{ $or: [{ eventName: [INSERT] }, { eventName: [insert] }] }',
      '.$or[1].eventName[0] must be INSERT, MODIFY or REMOVE, got "insert"',
    ],
    [
      'a wrong value in $or below an image',
      '{ dynamodb: { NewImage: { $or: [{ A: { S: [a] } }, { A: { N: [1] } }] } } }',
      '.dynamodb.NewImage.$or[1].A.N[0] must be text, as it is in a record; write "1", got 1',
    ],
    [
      'an attribute in $or that has the name of an operator',
      '{ dynamodb: { NewImage: { $or: [{ A: { S: [a] } }, { prefix: { S: [a] } }] } } }',
      '.dynamodb.NewImage.$or[1].prefix must not be named prefix inside $or, where Lambda takes it for an operator; write a filter for each alternative',
    ],
  ])('%s', (_, text, ...said) => expect(saidOf(yaml(text))).toEqual(said));

  test('more characters than a filter has, escapes included', () => {
    const sized = (length: number) => {
      const filter = (text: string) => ({ eventID: [`e\u0301${text}`] });
      const rest = JSON.stringify(filter('')).length + '\\u0301'.length - 1;
      return filter('x'.repeat(length - rest));
    };
    expect(saidOf(sized(FILTERS.patternLength))).toEqual([]);
    expect(saidOf(sized(FILTERS.patternLength + 1))).toEqual([
      ' must be at most 4096 characters as JSON, got 4097',
    ]);
  });

  test('more combinations of $or than EventBridge takes', () => {
    const or = (count: number) => ({
      $or: Array.from({ length: count }, (_, id) => ({ [`a${id}`]: { S: ['a'] } })),
    });
    const filter = (old: number) => ({ dynamodb: { NewImage: or(25), OldImage: or(old) } });
    expect(saidOf(filter(40))).toEqual([]);
    expect(saidOf(filter(41))).toEqual([
      ' must have at most 1000 combinations of what its $or ask for; write several filters',
    ]);
  });
});

describe('refused is an image that records of the stream do not hold:', () => {
  const refusal = (image: string, viewType: string) =>
    `must not ask for ${image}, which records of a stream with ${viewType} do not hold; change streamViewType or the filter`;

  test.each([
    ['NewImage', 'KEYS_ONLY'],
    ['OldImage', 'KEYS_ONLY'],
    ['OldImage', 'NEW_IMAGE'],
    ['NewImage', 'OLD_IMAGE'],
  ])('%s with %s', (image, viewType) => {
    const ofView = { [`${TABLE}.streamViewType`]: viewType };
    const pattern = { dynamodb: { [image]: { A: { S: ['a'] } } } };
    expect(saidOf(pattern, ofView)).toEqual([`.dynamodb.${image} ${refusal(image, viewType)}`]);
    expect(saidOf({ $or: [{ eventName: ['INSERT'] }, pattern] }, ofView)).toEqual([
      `.$or[1].dynamodb.${image} ${refusal(image, viewType)}`,
    ]);
  });

  test.each([
    ['NewImage', 'NEW_IMAGE'],
    ['OldImage', 'OLD_IMAGE'],
  ])('not %s with %s', (image, viewType) => {
    const pattern = { dynamodb: { [image]: { A: { S: ['a'] } } } };
    expect(saidOf(pattern, { [`${TABLE}.streamViewType`]: viewType })).toEqual([]);
  });
});

describe('refused are parts that no record has together:', () => {
  const NEW = '{ dynamodb: { NewImage: { A: { S: [a] } } } }';
  const OLD = '{ dynamodb: { OldImage: { A: { S: [a] } } } }';
  const image = (name: string, events: string, rest: string) =>
    `can never match: only records of ${events} have ${name}, and the rest of the filter is for ${rest}; change one of them`;
  const identity = (rest: string) =>
    `can never match: only deletions by TTL have userIdentity, and the rest of the filter is for ${rest}; change one of them`;

  test.each<[string, string, ...string[]]>([
    [
      'the new image of a deletion',
      '{ eventName: [REMOVE], dynamodb: { NewImage: { A: { S: [a] } } } }',
      `${A}.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'the old image of a new item',
      '{ eventName: [INSERT], dynamodb: { OldImage: { A: { M: { b: { N: ["1"] } } } } } }',
      `.dynamodb.OldImage.A.M.b.N ${image('OldImage', 'MODIFY and REMOVE', 'INSERT')}`,
    ],
    [
      'the event by an operator',
      '{ eventName: [{ anything-but: [INSERT, MODIFY] }], dynamodb: { NewImage: { A: { S: [a] } } } }',
      `${A}.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'both images, but no changed item',
      '{ eventName: [INSERT, REMOVE], dynamodb: { NewImage: { A: { S: [a] } }, OldImage: { A: { S: [a] } } } }',
      `.dynamodb.OldImage.A.S ${image('OldImage', 'MODIFY and REMOVE', 'INSERT')}`,
    ],
    [
      'TTL and new items',
      '{ eventName: [INSERT], userIdentity: { type: [Service] } }',
      `.userIdentity.type ${identity('INSERT')}`,
    ],
    [
      'TTL and changed items',
      '{ userIdentity: { principalId: [a] }, eventName: [INSERT, MODIFY] }',
      `.userIdentity.principalId ${identity('INSERT and MODIFY')}`,
    ],
    [
      'TTL and the new image',
      '{ userIdentity: { type: [Service] }, dynamodb: { NewImage: { A: { S: [a] } } } }',
      `${A}.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'an alternative that does not fit what surrounds it',
      `{ eventName: [REMOVE], $or: [${NEW}, ${OLD}] }`,
      `.$or[0].dynamodb.NewImage.A.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'an event that does not fit what surrounds it',
      '{ eventName: [INSERT], $or: [{ eventName: [REMOVE] }, { eventID: ["1"] }] }',
      '.$or[0].eventName can never match: this is for REMOVE, and the rest of the filter is for INSERT; change one of them',
    ],
    [
      'parts of one alternative',
      `{ $or: [{ eventName: [REMOVE], dynamodb: { NewImage: { A: { S: [a] } } } }, ${OLD}] }`,
      `.$or[0].dynamodb.NewImage.A.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'two types of an attribute',
      attribute('{ S: [a], N: ["1"] }'),
      `${A}.N can never match: the filter asks for the types S and N of NewImage.A, which has one; write $or or two filters`,
    ],
    [
      'two types of an attribute in a map',
      attribute('{ M: { b: { S: [a], BOOL: [true] } } }'),
      `${A}.M.b.BOOL can never match: the filter asks for the types S and BOOL of NewImage.A.M.b, which has one; write $or or two filters`,
    ],
    [
      'two types of an element',
      attribute('{ L: { S: [a], N: ["1"] } }'),
      `${A}.L.N can never match: the filter asks for the types S and N of NewImage.A.L, which has one; write $or or two filters`,
    ],
  ])('%s', (_, text, ...said) => expect(saidOf(yaml(text))).toEqual(said));

  test('but not another type that is asked to be missing', () => {
    expect(saidOf(yaml(attribute('{ S: [{ exists: false }], N: ["1"] }')))).toEqual([]);
  });
});
