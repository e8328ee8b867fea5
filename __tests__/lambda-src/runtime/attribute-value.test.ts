import type { AttributeValue } from 'aws-lambda';
import fc from 'fast-check';
import {
  Binary,
  type PlainValue,
  toItem,
  ValueSet,
} from '../../../lambda-src/runtime/attribute-value';

const plain = (value: unknown) => toItem({ value: value as AttributeValue }).value;
const bytes = (...values: number[]) => new Binary(values);
const setOf = (...values: (string | number | Uint8Array)[]) => new ValueSet(values);

describe('a value of the type', () => {
  test.each<[string, AttributeValue, PlainValue]>([
    ['S', { S: 'text' }, 'text'],
    ['S, of digits', { S: '42' }, '42'],
    ['N', { N: '42' }, 42],
    ['BOOL, false', { BOOL: false }, false],
    ['NULL', { NULL: true }, null],
    ['B', { B: 'AP8Q' }, bytes(0, 255, 16)],
    ['SS', { SS: ['b', 'a'] }, setOf('b', 'a')],
    ['NS', { NS: ['1', '-2.5', '9007199254740993'] }, setOf(1, -2.5, '9007199254740993')],
    ['BS', { BS: ['AA==', 'AQI='] }, setOf(bytes(0), bytes(1, 2))],
    ['L', { L: [{ S: 'a' }, { N: '1' }, { NULL: true }] }, ['a', 1, null]],
    ['M', { M: { a: { S: 'b' }, c: { BOOL: false } } }, { a: 'b', c: false }],
    [
      'L in M in L',
      { L: [{ M: { list: { L: [{ M: { deep: { SS: ['x'] } } }] } } }] },
      [{ list: [{ deep: setOf('x') }] }],
    ],
  ])('%s', (_, value, expected) => {
    expect(plain(value)).toStrictEqual(expected);
  });
});

describe('a number that a double holds is a number:', () => {
  test.each([
    ['0', 0],
    ['0.1', 0.1],
    ['0.000000000000000000123456789012345', 1.23456789012345e-19],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['1e-130', 1e-130],
    ['9.99E+125', 9.99e125],
    // As JavaScript and others write the doubles they have computed.
    ['0.30000000000000004', 0.1 + 0.2],
    ['33.333333333333336', 100 / 3],
    ['1.2345678901234567E+100', 1.2345678901234567e100],
    ['0.10000000000000000000', 0.1],
  ])('%s', (text, expected) => {
    expect(plain({ N: text })).toBe(expected);
  });
});

test.each([
  '9007199254740993',
  '12345678901234567890123456789012345678',
  '0.1234567890123456789',
  '-0.30000000000000004441',
  '1.23456789012345678E+100',
  // Their nearest doubles are whole numbers.
  '1.00000000000000000001',
  '-2.99999999999999999999',
  '9007199254740990.9',
])('a number past double precision stays as it is written: %s', (text) => {
  expect(plain({ N: text })).toBe(text);
});

test('an item keeps the order and the names of its attributes', () => {
  const image = JSON.parse('{"b":{"N":"1"},"a b":{"S":"x"},"constructor":{"S":"y"}}');
  expect(Object.entries(toItem(image))).toStrictEqual([
    ['b', 1],
    ['a b', 'x'],
    ['constructor', 'y'],
  ]);
});

test('an item keeps an attribute that is named like its prototype', () => {
  const item = toItem(JSON.parse('{"__proto__":{"S":"x"}}'));
  expect(JSON.stringify(item)).toBe('{"__proto__":"x"}');
  expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
});

describe('JSON has', () => {
  test.each<[string, AttributeValue, string]>([
    ['a set of numbers as an array', { NS: ['1', '9007199254740993'] }, '[1,"9007199254740993"]'],
    ['a binary as base64', { B: 'AP8Q' }, '"AP8Q"'],
    ['a set of binaries as an array of base64', { BS: ['AA==', 'AQI='] }, '["AA==","AQI="]'],
  ])('%s', (_, value, json) => {
    expect(JSON.stringify(plain(value))).toBe(json);
  });
});

test('a binary is bytes, a set is a set', () => {
  const { binary, set } = toItem({ binary: { B: 'AP8Q' }, set: { NS: ['1', '2'] } });
  expect(binary).toBeInstanceOf(Uint8Array);
  expect(Buffer.from(binary as Uint8Array)).toEqual(Buffer.from([0, 255, 16]));
  expect(set).toBeInstanceOf(Set);
  expect((set as Set<number>).has(2)).toBe(true);
});

describe('any value', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 38 });
  const exponent = fc.option(fc.integer({ min: -80, max: 80 }), { nil: undefined });
  /** As DynamoDB writes numbers: up to 38 digits, a point or an exponent. */
  const decimal = fc
    .tuple(fc.boolean(), digits, fc.nat({ max: 37 }), exponent)
    .map(([negative, list, point, power]) => {
      const whole =
        list
          .slice(0, list.length - point)
          .join('')
          .replace(/^0+(?=\d)/, '') || '0';
      const fraction = list.slice(list.length - point).join('');
      const sign = negative ? '-' : '';
      const suffix = power === undefined ? '' : `E${power}`;
      return `${sign}${whole}${point > 0 && fraction ? `.${fraction}` : ''}${suffix}`;
    });
  const base64 = fc.uint8Array().map((array) => Buffer.from(array).toString('base64'));
  const set = (element: fc.Arbitrary<string>) => fc.uniqueArray(element, { minLength: 1 });
  const { value: anyValue } = fc.letrec<{ value: AttributeValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.record({ S: fc.string({ unit: 'binary' }) }),
      fc.record({ N: decimal }),
      fc.record({ BOOL: fc.boolean() }),
      fc.record({ NULL: fc.constant(true) }),
      fc.record({ B: base64 }),
      fc.record({ SS: set(fc.string()) }),
      fc.record({ NS: set(fc.integer().map(String)) }),
      fc.record({ BS: set(base64) }),
      fc.record({ L: fc.array(tie('value')) }),
      fc.record({ M: fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }) }),
    ) as fc.Arbitrary<AttributeValue>,
  }));

  test('is decoded without loss', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(encode(plain(value))).toEqual(normalize(value));
      }),
    );
  });

  test('of the type number is a number where a double was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e120, max: 1e120 }), (number) => {
        fc.pre(!Number.isInteger(number) && Math.abs(number) > 1e-120);
        expect(plain({ N: String(number) })).toBe(number);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of the type number keeps every digit', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(exact(String(plain({ N: text })))).toEqual(exact(text));
      }),
      { numRuns: 1_000 },
    );
  });

  /** Numbers as exact values, since a text can be another one of the same number. */
  function normalize(value: AttributeValue): unknown {
    if (value.N !== undefined) return { N: exact(value.N) };
    if (value.NS !== undefined) return { NS: value.NS.map(exact) };
    if (value.L !== undefined) return { L: value.L.map(normalize) };
    if (value.M !== undefined) {
      return { M: Object.entries(value.M).map(([name, inner]) => [name, normalize(inner)]) };
    }
    return value;
  }

  /** Back to DynamoDB's types, in the same normal form; a text of a number's form stays ambiguous. */
  function encode(value: PlainValue | undefined): unknown {
    if (value === null) return { NULL: true };
    if (typeof value === 'boolean') return { BOOL: value };
    if (typeof value === 'number') return { N: exact(String(value)) };
    if (typeof value === 'string') return isLong(value) ? { N: exact(value) } : { S: value };
    if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
    if (value instanceof Set) return encodeSet([...value]);
    if (Array.isArray(value)) return { L: value.map(encode) };
    return { M: Object.entries(value ?? {}).map(([name, inner]) => [name, encode(inner)]) };
  }

  function encodeSet(elements: readonly (string | number | Uint8Array)[]): unknown {
    const [first] = elements;
    if (typeof first === 'string') return { SS: elements };
    if (typeof first === 'number') return { NS: elements.map((number) => exact(String(number))) };
    return { BS: elements.map((bytes) => Buffer.from(bytes as Uint8Array).toString('base64')) };
  }

  /** Whether a text is a number that a double cannot hold; no generated text is. */
  function isLong(text: string): boolean {
    return /^-?\d[\d.]{14,}(E-?\d+)?$/.test(text);
  }

  /** Sign, digits without zeros at the ends, and the power of ten of the last digit. */
  function exact(text: string): [sign: string, digits: string, power: number] {
    const [, sign = '', whole = '', fraction = '', power = '0'] =
      /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i.exec(text) ?? [];
    const all = `${whole}${fraction}`.replace(/^0+/, '');
    const significant = all.replace(/0+$/, '');
    if (!significant) return ['', '0', 0];
    const zeros = all.length - significant.length;
    return [sign, significant, Number(power) - fraction.length + zeros];
  }
});

test('a number of 200,000 zeros between digits stays the text it is', () => {
  const text = `1.${'0'.repeat(200_000)}1`;
  expect(plain({ N: text }) === text).toBe(true);
});

describe('refuses', () => {
  const VALUE = 'not a DynamoDB attribute value';
  const NUMBER = 'not a DynamoDB number';
  const DIGITS = '1'.repeat(200_000);

  test.each([
    ['an unknown type', { X: 'y' }, VALUE],
    ['a value without a type', {}, VALUE],
    ['an unknown type inside a list', { L: [{ S: 'a' }, { Y: 1 }] }, VALUE],
    ['an unknown type inside a mapping', { M: { a: { Z: null } } }, VALUE],
    ['null', null, VALUE],
    ['null inside a list', { L: [null] }, VALUE],
    ['a text of null', { S: null }, VALUE],
    ['a list that is a mapping', { L: {} }, VALUE],
    ['a mapping that is a list', { M: [] }, VALUE],
    ['NULL that is false', { NULL: false }, VALUE],
    ['a set that is a text', { SS: 'ab' }, VALUE],
    ['a number of letters', { N: 'ten' }, NUMBER],
    ['an empty number', { N: '' }, NUMBER],
    ['an infinite number', { N: '1E400' }, NUMBER],
    // These took a minute each when the time grew with the square of the length.
    ['digits and a letter', { N: `${DIGITS}x` }, NUMBER],
    ['digits, a point and a letter', { N: `${DIGITS}.x` }, NUMBER],
    ['a fraction and a letter', { N: `1.${DIGITS}x` }, NUMBER],
    ['an exponent and a letter', { N: `1e${DIGITS}x` }, NUMBER],
    ['a set with an empty number', { NS: ['1', ''] }, NUMBER],
    ['a binary that is not base64', { B: 'A*==' }, 'not a DynamoDB binary, which is base64'],
  ])('%s', (_, value, message) => {
    expect(() => plain(value)).toThrow(new TypeError(message));
  });
});
