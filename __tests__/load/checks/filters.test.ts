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

/** A producer whose table the topology does not make, and one with several accounts. */
const EXISTING = {
  'producers.orders': {
    account: 'shop',
    existingTable: { name: 'Orders' },
    streamPolicy: 'none',
  },
  [`${TABLE}.sortKey`]: undefined,
};
const SEVERAL = {
  'accounts.second': { id: '777788889999', region: 'eu-west-1' },
  'producers.orders.account': undefined,
  'producers.orders.accounts': ['shop', 'second'],
};

/** Without what is said about the accounts, which are in several Regions. */
const ofFilter = (said: readonly string[]) => said.filter((problem) => problem.startsWith('.'));

const yaml = (text: string) => parse(text, { stringKeys: true });
const STREAM = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/';
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
    `{ eventSourceARN: ["${STREAM}2026-01-31T12:34:56.789", { prefix: "${STREAM}2026" }, { prefix: "arn:" }] }`,
    '{ eventSourceARN: [{ suffix: ".789" }, { suffix: "/Orders/stream/2026-01-31T12:34:56.789" }] }',
    `{ eventSourceARN: [{ equals-ignore-case: "${STREAM.toLowerCase()}2026-01-31t12:34:56.789" }] }`,
    '{ eventSourceARN: [{ anything-but: { prefix: "arn:aws:s3" } }, { exists: true }] }',
    '{ awsRegion: [{ prefix: us- }, { equals-ignore-case: US-EAST-1 }, { anything-but: [eu-west-1] }] }',
    '{ eventVersion: ["1.0", "1.1", { prefix: "1." }, { anything-but: ["2.0"] }] }',
    '{ dynamodb: { SequenceNumber: ["111", { prefix: "44" }, { anything-but: ["1"] }] } }',
    '{ dynamodb: { SizeBytes: [{ numeric: [">", 2, "<=", 3] }, { numeric: [">=", 0] }] } }',
    '{ dynamodb: { ApproximateCreationDateTime: [{ numeric: [">", 0] }, { prefix: "16" }] } }',
    '{ dynamodb: { Keys: { OrderId: { S: [{ prefix: "" }, { anything-but: [""] }] } } } }',
    '{ dynamodb: { Keys: { OrderId: { S: [a, b] } }, NewImage: { OrderId: { S: [b, c] } } } }',
    '{ dynamodb: { Keys: { OrderId: { S: [a] } }, NewImage: { OrderId: { S: [{ exists: false }] } } } }',
    '{ eventName: [MODIFY, REMOVE], dynamodb: { NewImage: { OrderId: { S: [{ exists: false }] } } } }',
    '{ userIdentity: { type: [{ exists: false }], principalId: [{ exists: false }] } }',
    attribute('{ N: ["0.0000001", "1E-100", "12345678901234567890123456789012345678"] }'),
    attribute('{ N: [{ prefix: "-0.5" }, { suffix: "00" }, { suffix: ".5" }, { suffix: e5 }] }'),
    attribute('{ L: { S: [a] }, $or: [{ L: { S: [b] } }, { L: { S: [c] } }] }'),
  ])('%s', (text) => expect(saidOf(yaml(text))).toEqual([]));

  test.each([
    '{ dynamodb: { Keys: { Any: { N: ["1"] }, Other: { B: [aGk=] } } } }',
    '{ dynamodb: { StreamViewType: [NEW_IMAGE], NewImage: { A: { S: [a] } } } }',
  ])('for a table that exists: %s', (text) => expect(saidOf(yaml(text), EXISTING)).toEqual([]));

  test.each([
    '{ eventSourceARN: [{ prefix: "arn:aws:dynamodb:eu-west-1:777788889999:table/Orders/" }] }',
    '{ eventSourceARN: [{ anything-but: { prefix: "arn:aws:dynamodb:us-" } }] }',
    '{ awsRegion: [us-east-1, eu-west-1] }',
    '{ awsRegion: [{ anything-but: [us-east-1] }] }',
  ])('for any of several accounts: %s', (text) => {
    expect(ofFilter(saidOf(yaml(text), SEVERAL))).toEqual([]);
  });

  test('any principal of TTL in China', () => {
    const inChina = { 'accounts.shop.region': 'cn-north-1' };
    const filter = yaml('{ userIdentity: { principalId: [dynamodb.amazonaws.com.cn] } }');
    expect(ofFilter(saidOf(filter, inChina))).toEqual([]);
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
const A_STREAM = `the ARN of a stream of this table, ${STREAM}2026-01-31T12:34:56.789 or the like`;
const SIZE = 'a whole number from 1 to 1048576';
const KEY = 'a value of a key, which has 1 to 2048 bytes';
const NUMBER = 'a number of at most 38 digits, from 1E-130 to 9.9E+125';

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
      'all events excluded',
      '{ eventName: [{ anything-but: [INSERT, MODIFY, REMOVE] }] }',
      '.eventName[0].anything-but must not exclude INSERT, MODIFY and REMOVE, since records have nothing else, got ["INSERT","MODIFY","REMOVE"]',
    ],
    [
      'a stream of another table, Region or account',
      `{ eventSourceARN: [{ prefix: "${STREAM.replace('Orders', 'Other')}" }, "${STREAM.replace('us-east-1', 'eu-west-1')}2026-01-31T12:34:56.789", { equals-ignore-case: "${STREAM.replace('4444', '1111')}2026" }] }`,
      `.eventSourceARN[0].prefix must be what a value can begin with, which is ${A_STREAM}, got "${STREAM.replace('Orders', 'Other')}"`,
      `.eventSourceARN[1] must be ${A_STREAM}, got "${STREAM.replace('us-east-1', 'eu-west-1')}2026-01-31T12:34:56.789"`,
      `.eventSourceARN[2].equals-ignore-case must be ${A_STREAM}, got "${STREAM.replace('4444', '1111')}2026"`,
    ],
    [
      'a table in place of a stream',
      `{ eventSourceARN: ["${STREAM.replace('/stream/', '')}", { suffix: table/Orders }] }`,
      `.eventSourceARN[0] must be ${A_STREAM}, got "${STREAM.replace('/stream/', '')}"`,
      `.eventSourceARN[1].suffix must be what a value can end with, which is ${A_STREAM}, got "table/Orders"`,
    ],
    [
      'all streams of the table excluded',
      `{ eventSourceARN: [{ anything-but: { prefix: "${STREAM}" } }] }`,
      `.eventSourceARN[0].anything-but must not exclude all streams of this table, since records have nothing else, got {"prefix":"${STREAM}"}`,
    ],
    [
      'another Region',
      '{ awsRegion: [eu-west-1, { prefix: eu- }, { anything-but: us-east-1 }] }',
      '.awsRegion[0] must be us-east-1, got "eu-west-1"',
      '.awsRegion[1].prefix must match us-east-1, got "eu-"',
      '.awsRegion[2].anything-but must not exclude us-east-1, since records have nothing else, got "us-east-1"',
    ],
    [
      'a version that records do not have',
      '{ eventVersion: ["2.0", 1.1, { prefix: "2." }] }',
      '.eventVersion[0] must be 1.1 or 1.0, got "2.0"',
      '.eventVersion[1] must be text, as it is in a record; write "1.1", got 1.1',
      '.eventVersion[2].prefix must match 1.1 or 1.0, got "2."',
    ],
    [
      'another source',
      '{ eventSource: ["aws:kinesis", { prefix: aws.dynamodb }] }',
      '.eventSource[0] must be aws:dynamodb, got "aws:kinesis"',
      '.eventSource[1].prefix must match aws:dynamodb, got "aws.dynamodb"',
    ],
    [
      'another identity than that of TTL',
      '{ userIdentity: { principalId: [lambda.amazonaws.com, { anything-but: dynamodb.amazonaws.com }] } }',
      '.userIdentity.principalId[0] must be dynamodb.amazonaws.com, got "lambda.amazonaws.com"',
      '.userIdentity.principalId[1].anything-but must not exclude dynamodb.amazonaws.com, since records have nothing else; for records without it write [{ exists: false }], got "dynamodb.amazonaws.com"',
    ],
    [
      'a time before there were streams, or in another form',
      '{ dynamodb: { ApproximateCreationDateTime: ["1", 5, 1678831218000, { prefix: "2026-" }, { numeric: ["<", 100] }] } }',
      '.dynamodb.ApproximateCreationDateTime[0] must be seconds since 1970, from 2015 on, got "1"',
      '.dynamodb.ApproximateCreationDateTime[1] must be a number from 1420070400 to 5000000000, got 5',
      '.dynamodb.ApproximateCreationDateTime[2] must be a number from 1420070400 to 5000000000, got 1678831218000',
      '.dynamodb.ApproximateCreationDateTime[3].prefix must be what a value can begin with, which is seconds since 1970, from 2015 on, got "2026-"',
      '.dynamodb.ApproximateCreationDateTime[4].numeric must match a number that there can be: a number from 1420070400 to 5000000000, got ["<",100]',
    ],
    [
      'a size that no record has',
      '{ dynamodb: { SizeBytes: [1.5, 0, { numeric: ["<", 0] }, { numeric: [">", 2, "<", 3] }, { numeric: [">", 5000000] }] } }',
      `.dynamodb.SizeBytes[0] must be ${SIZE}, got 1.5`,
      `.dynamodb.SizeBytes[1] must be ${SIZE}, got 0`,
      `.dynamodb.SizeBytes[2].numeric must match a number that there can be: ${SIZE}, got ["<",0]`,
      `.dynamodb.SizeBytes[3].numeric must match a number that there can be: ${SIZE}, got [">",2,"<",3]`,
      `.dynamodb.SizeBytes[4].numeric must match a number that there can be: ${SIZE}, got [">",5000000]`,
    ],
    [
      'a sequence number that is none',
      '{ dynamodb: { SequenceNumber: [abc, { suffix: x }] } }',
      '.dynamodb.SequenceNumber[0] must be at most 40 digits, got "abc"',
      '.dynamodb.SequenceNumber[1].suffix must be what a value can end with, which is at most 40 digits, got "x"',
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
      'an empty key',
      '{ dynamodb: { Keys: { OrderId: { S: [""] } }, NewImage: { OrderId: { S: [""] } } } }',
      `.dynamodb.Keys.OrderId.S[0] must be ${KEY}, got ""`,
      `.dynamodb.NewImage.OrderId.S[0] must be ${KEY}, got ""`,
    ],
    [
      'an operator for "and"',
      '{ $and: [{ eventName: [INSERT] }] }',
      '.$and is not known to Lambda; write what it holds without it: keys of one mapping must all match, got [{"eventName":["INSERT"]}]',
    ],
    [
      'an operator for "not"',
      '{ $not: { eventName: [INSERT] } }',
      '.$not is not known to Lambda; write { anything-but: […] } in the list of a field, got {"eventName":["INSERT"]}',
    ],
    [
      'a list in place of attributes',
      '{ dynamodb: { NewImage: [a] } }',
      '.dynamodb.NewImage must be a mapping from an attribute, such as { Status: { S: [open] } }, got ["a"]',
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
      'a number with an exponent, or a signed zero',
      attribute('{ N: ["1e3", "-1.5E+2", "-0", "25e-3", "1.50e0", "0e5"] }'),
      `${A}.N[0] must be a number as DynamoDB writes it; write "1000", got "1e3"`,
      `${A}.N[1] must be a number as DynamoDB writes it; write "-150", got "-1.5E+2"`,
      `${A}.N[2] must be a number as DynamoDB writes it; write "0", got "-0"`,
      `${A}.N[3] must be a number as DynamoDB writes it; write "0.025", got "25e-3"`,
      `${A}.N[4] must be a number as DynamoDB writes it; write "1.5", got "1.50e0"`,
      `${A}.N[5] must be a number as DynamoDB writes it; write "0", got "0e5"`,
    ],
    [
      'a number that DynamoDB cannot hold',
      attribute('{ N: ["1234567890123456789012345678901234567890", "1E126", "1e-131"] }'),
      `${A}.N[0] must be ${NUMBER}, got "1234567890123456789012345678901234567890"`,
      `${A}.N[1] must be ${NUMBER}, got "1E126"`,
      `${A}.N[2] must be ${NUMBER}, got "1e-131"`,
    ],
    [
      'a part that no number has',
      attribute(
        '{ N: [{ prefix: x }, { prefix: "00" }, { suffix: ".50" }, { equals-ignore-case: x }] }',
      ),
      `${A}.N[0].prefix must be what a value can begin with, which is ${NUMBER}, got "x"`,
      `${A}.N[1].prefix must be what a value can begin with, which is ${NUMBER}, got "00"`,
      `${A}.N[2].suffix must be what a value can end with, which is ${NUMBER}, got ".50"`,
      `${A}.N[3].equals-ignore-case must be ${NUMBER}, got "x"`,
    ],
    [
      'a part that no Base64 has',
      attribute('{ B: [{ prefix: "?" }] }'),
      `${A}.B[0].prefix must be what a value can begin with, which is Base64, got "?"`,
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
      'numeric on an event',
      '{ eventName: [{ numeric: ["=", 1] }] }',
      '.eventName[0].numeric must not be used, since this is text; list the texts that match, such as [INSERT], got ["=",1]',
    ],
    [
      'numeric without an operator',
      '{ dynamodb: { SizeBytes: [{ numeric: [10] }] } }',
      `.dynamodb.SizeBytes[0].numeric ${RANGE}, got [10]`,
    ],
    [
      'a range without numbers in it',
      '{ dynamodb: { SizeBytes: [{ numeric: [">", 10, "<", 5] }] } }',
      '.dynamodb.SizeBytes[0].numeric is a range with no number in it, since 5 is not more than 10; write the lower number first, such as [">", 5, "<", 10], got [">",10,"<",5]',
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
      '{ userIdentity: { principalId: [dynamodb.amazonaws.com] }, eventName: [INSERT, MODIFY] }',
      `.userIdentity.principalId ${identity('INSERT and MODIFY')}`,
    ],
    [
      'TTL and the new image',
      '{ userIdentity: { type: [Service] }, dynamodb: { NewImage: { A: { S: [a] } } } }',
      `${A}.S ${image('NewImage', 'INSERT and MODIFY', 'REMOVE')}`,
    ],
    [
      'an image without a key',
      '{ eventName: [MODIFY], dynamodb: { NewImage: { OrderId: { S: [{ exists: false }] } } } }',
      '.dynamodb.NewImage.OrderId.S can never match: each NewImage has OrderId, so only REMOVE lacks it, and the rest of the filter is for MODIFY; change one of them',
    ],
    [
      'half of the identity of TTL',
      '{ userIdentity: { type: [{ exists: false }], principalId: [dynamodb.amazonaws.com] } }',
      '.userIdentity.type can never match: records have both type and principalId of userIdentity, or neither; change one of them',
    ],
    [
      'two values of a key',
      '{ dynamodb: { Keys: { OrderId: { S: [{ prefix: a }] } }, OldImage: { OrderId: { S: [b] } } } }',
      '.dynamodb.OldImage.OrderId.S can never match: the filter asks for other values of the key OrderId as well; change one of them',
    ],
    [
      'two values of an attribute',
      '{ dynamodb: { NewImage: { A: { S: [a] }, $or: [{ A: { S: [b] } }, { B: { S: [c] } }] } } }',
      '.dynamodb.NewImage.$or[0].A.S can never match: the filter asks for other values of dynamodb.NewImage.A.S as well; change one of them',
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

  test.each<[string, string, string]>([
    [
      'a view type without the image',
      '{ dynamodb: { StreamViewType: [KEYS_ONLY], NewImage: { A: { S: [a] } } } }',
      `${A}.S can never match: only NEW_AND_OLD_IMAGES and NEW_IMAGE have NewImage, and the rest of the filter is for KEYS_ONLY; change one of them`,
    ],
    [
      'three attributes of a key',
      '{ dynamodb: { Keys: { A: { S: [a] }, B: { S: [a] }, C: { S: [a] } } } }',
      '.dynamodb.Keys.C.S can never match: a key has at most two attributes, and the filter asks for A, B, C',
    ],
    [
      'an empty key',
      '{ dynamodb: { Keys: { Any: { B: [""] } } } }',
      `.dynamodb.Keys.Any.B[0] must be ${KEY}, got ""`,
    ],
    [
      'two values of a key',
      '{ dynamodb: { Keys: { Any: { S: [a] } }, OldImage: { Any: { S: [b] } } } }',
      '.dynamodb.OldImage.Any.S can never match: the filter asks for other values of the key Any as well; change one of them',
    ],
  ])('of a table that exists: %s', (_, text, said) => {
    expect(saidOf(yaml(text), EXISTING)).toEqual([said]);
  });

  test('but not another type that is asked to be missing', () => {
    expect(saidOf(yaml(attribute('{ S: [{ exists: false }], N: ["1"] }')))).toEqual([]);
  });
});
