import type { AttributeValue } from 'aws-lambda';
import { type PlainValue, toItem } from '../../lambda-src/attribute-value';

const plain = (value: unknown) => toItem({ value: value as AttributeValue }).value;
const bytes = (...values: number[]) => new Uint8Array(values);

describe('a value of the type', () => {
  test.each<[string, AttributeValue, PlainValue]>([
    ['S', { S: 'text' }, 'text'],
    ['S, empty', { S: '' }, ''],
    ['S, of digits', { S: '42' }, '42'],
    ['N', { N: '42' }, 42],
    ['BOOL, true', { BOOL: true }, true],
    ['BOOL, false', { BOOL: false }, false],
    ['NULL', { NULL: true }, null],
    ['B', { B: 'AP8Q' }, bytes(0, 255, 16)],
    ['B, empty', { B: '' }, bytes()],
    ['SS', { SS: ['b', 'a'] }, new Set(['b', 'a'])],
    ['NS', { NS: ['1', '-2.5', '9007199254740993'] }, new Set([1, -2.5, '9007199254740993'])],
    ['BS', { BS: ['AA==', 'AQI='] }, new Set([bytes(0), bytes(1, 2)])],
    ['L', { L: [{ S: 'a' }, { N: '1' }, { NULL: true }] }, ['a', 1, null]],
    ['L, empty', { L: [] }, []],
    ['M', { M: { a: { S: 'b' }, c: { BOOL: false } } }, { a: 'b', c: false }],
    ['M, empty', { M: {} }, {}],
    [
      'L in M in L',
      { L: [{ M: { list: { L: [{ M: { deep: { SS: ['x'] } } }] } } }] },
      [{ list: [{ deep: new Set(['x']) }] }],
    ],
  ])('%s', (_, value, expected) => {
    expect(plain(value)).toStrictEqual(expected);
  });
});

describe('a number that a double holds is a number:', () => {
  test.each([
    ['0', 0],
    ['-7', -7],
    ['0.1', 0.1],
    ['-19.99', -19.99],
    ['123456789012345', 123456789012345],
    ['1234567890.12345', 1234567890.12345],
    ['0.000000000000000000123456789012345', 1.23456789012345e-19],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['1.5E+20', 1.5e20],
    ['1e-130', 1e-130],
    ['9.99E+125', 9.99e125],
  ])('%s', (text, expected) => {
    expect(plain({ N: text })).toBe(expected);
  });
});

describe('a number past double precision stays as it is written:', () => {
  test.each([
    ['9007199254740993'],
    ['-9007199254740993'],
    ['12345678901234567890'],
    ['12345678901234567890123456789012345678'],
    ['0.1234567890123456789'],
    ['-0.30000000000000004441'],
    ['1.2345678901234567E+100'],
    // Their nearest doubles are whole numbers.
    ['1.00000000000000000001'],
    ['-2.99999999999999999999'],
    ['4503599627370497.3'],
    ['9007199254740990.9'],
  ])('%s', (text) => {
    expect(plain({ N: text })).toBe(text);
  });
});

test('an item keeps the order and the names of its attributes', () => {
  const image = JSON.parse('{"b":{"N":"1"},"a b":{"S":"x"},"constructor":{"S":"y"}}');
  expect(Object.entries(toItem(image))).toStrictEqual([
    ['b', 1],
    ['a b', 'x'],
    ['constructor', 'y'],
  ]);
});

test('an item keeps an attribute of the name __proto__', () => {
  const item = toItem(JSON.parse('{"__proto__":{"S":"x"}}'));
  expect(JSON.stringify(item)).toBe('{"__proto__":"x"}');
});

describe('refuses', () => {
  test.each([
    ['an unknown type', { X: 'y' }, 'not a DynamoDB attribute value: {"X":"y"}'],
    ['a value without a type', {}, 'not a DynamoDB attribute value: {}'],
    [
      'an unknown type inside a list',
      { L: [{ S: 'a' }, { Y: 1 }] },
      'not a DynamoDB attribute value: {"Y":1}',
    ],
    [
      'an unknown type inside a mapping',
      { M: { a: { Z: null } } },
      'not a DynamoDB attribute value: {"Z":null}',
    ],
  ])('%s', (_, value, message) => {
    expect(() => plain(value)).toThrow(new TypeError(message));
  });
});
