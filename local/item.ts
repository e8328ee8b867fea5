import { isObject } from '../lambda-src/runtime/attribute-value';
import type { AttributeValue, Image } from '../lambda-src/runtime/stream-event';
import { toImage } from '../lambda-src/testing/to-record';
import { asDynamoDbWritesIt } from '../load/checks/filters/values';
import { DEPTH, parseJson, TOO_DEEP } from '../operate/redrive/json';
import { formatValue, UserError } from '../topology/problem';

/**
 * Limits of an item.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const BYTES = 400 * 1024;
const LEVELS = 32;

/** A number with all its digits, of which a double may lose some. */
class ExactNumber extends Number {
  constructor(private readonly digits: string) {
    super(digits);
  }

  override toString(): string {
    return this.digits;
  }
}

/** No attribute has this name: JSON that people write has no such character. */
const DIGITS = '\u0000';

/**
 * An item from JSON, plain or DynamoDB's. Its numbers keep all their digits.
 *
 * @throws UserError if it is not a JSON object
 */
export function parseItem(text: string): object {
  const refuse = (reason: string) =>
    new UserError(
      `an item must be a JSON object, such as {"Id":"1"}, got ${formatValue(text)}${reason}`,
    );
  if (parseJson(text) === TOO_DEEP) throw refuse(`: it is nested more than ${DEPTH} levels deep`);
  try {
    JSON.parse(text);
  } catch (error) {
    throw refuse(`: ${(error as Error).message}`);
  }
  const exact = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `{"\\u0000":"${token}"}`,
  );
  const item: unknown = JSON.parse(exact, (_key, value) =>
    isObject(value) && DIGITS in value ? new ExactNumber(String(value[DIGITS])) : value,
  );
  if (isObject(item) && !(item instanceof ExactNumber)) return item;
  throw refuse('');
}

/**
 * An item as DynamoDB stores it: numbers as it writes them, and sets in order, so that equal items are equal.
 *
 * @param item plain, or DynamoDB JSON, where every attribute has a type: `{ OrderId: { S: "1" } }`
 * @throws UserError with the place of a value that DynamoDB does not store
 */
export function storedImage(item: object): Image {
  const image = isDynamoDbJson(item) ? (item as Image) : plainImage(item);
  return M(image, '', 0);
}

/** @throws UserError if an item is too large */
export function requireSize(image: Image): void {
  const bytes = sizeOf(image);
  if (bytes > BYTES) throw new UserError(`an item must have at most ${BYTES} bytes, got ${bytes}`);
}

function isDynamoDbJson(item: object): boolean {
  const values = Object.values(item);
  return (
    values.length > 0 && values.every((value) => isObject(value) && typeOf(value) !== undefined)
  );
}

/** The one name of a value, if it is a type of DynamoDB. */
function typeOf(value: object): keyof typeof TYPES | undefined {
  const names = Object.keys(value);
  const [name = ''] = names;
  return names.length === 1 && Object.hasOwn(TYPES, name)
    ? (name as keyof typeof TYPES)
    : undefined;
}

function plainImage(item: object): Image {
  try {
    return toImage(item, 'item');
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

type Stored = (content: unknown, place: string, level: number) => unknown;

const M: (content: unknown, place: string, level: number) => Image = (content, place, level) => {
  if (!isObject(content)) throw refused(place, 'must be a mapping of attributes', content);
  const values = Object.entries(content).map(([name, value]) => [
    name,
    storedValue(value, place === '' ? name : `${place}.${name}`, level + 1),
  ]);
  return Object.fromEntries(values);
};

const one =
  (rule: string, stored: (content: unknown) => unknown): Stored =>
  (content, place) => {
    const value = stored(content);
    if (value === undefined) throw refused(place, `must be ${rule}`, content);
    return value;
  };

const text = (content: unknown) => (typeof content === 'string' ? content : undefined);

const number = (content: unknown) =>
  typeof content === 'string' ? asDynamoDbWritesIt(content) : undefined;

const bytes = (content: unknown) =>
  typeof content === 'string' && Buffer.from(content, 'base64').toString('base64') === content
    ? content
    : undefined;

const set =
  (of: string, stored: (content: unknown) => string | undefined): Stored =>
  (content, place) => {
    const values = Array.isArray(content) ? content.map(stored) : [];
    const isSet = values.length > 0 && !values.includes(undefined);
    if (isSet && new Set(values).size === values.length) return values.sort();
    throw refused(place, `must be a list of one or more different ${of}`, content);
  };

const NUMBER = 'a number of at most 38 digits, from 1E-130 to 9.9E+125, in DynamoDB JSON as text';

/** What DynamoDB stores of each of its types. */
const TYPES = {
  S: one('text', text),
  N: one(NUMBER, number),
  B: one('Base64', bytes),
  BOOL: one('true or false', (content) => (typeof content === 'boolean' ? content : undefined)),
  NULL: one('true', (content) => (content === true ? true : undefined)),
  M,
  L: ((content, place, level) => {
    if (!Array.isArray(content)) throw refused(place, 'must be a list', content);
    return content.map((value, index) => storedValue(value, `${place}[${index}]`, level + 1));
  }) as Stored,
  SS: set('texts', text),
  NS: set('numbers as text', number),
  BS: set('texts in Base64', bytes),
};

function storedValue(value: unknown, place: string, level: number): AttributeValue {
  if (level > LEVELS) throw new UserError(`${place} must be at most ${LEVELS} levels deep`);
  const type = isObject(value) ? typeOf(value) : undefined;
  if (type === undefined) {
    throw refused(place, 'must be a value with its type, such as {"S":"a"}', value);
  }
  return { [type]: TYPES[type](Reflect.get(Object(value), type), place, level) } as AttributeValue;
}

function refused(place: string, rule: string, value: unknown): UserError {
  return new UserError(`${place} ${rule}, got ${formatValue(value)}`);
}

/**
 * Bytes of an item, or of its keys.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function sizeOf(image: Image): number {
  return sum(
    Object.entries(image).map(([name, value]) => Buffer.byteLength(name) + sizeOfValue(value)),
  );
}

export function sizeOfValue(value: AttributeValue): number {
  const ofNumber = (digits: string) =>
    Math.ceil(digits.replaceAll(/^-|\.|e.*/gi, '').length / 2) + 1;
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return ofNumber(value.N);
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.M) return 3 + sizeOf(value.M) + Object.keys(value.M).length;
  if (value.L) return 3 + sum(value.L.map(sizeOfValue)) + value.L.length;
  if (value.SS) return sum(value.SS.map((each) => Buffer.byteLength(each)));
  if (value.NS) return sum(value.NS.map(ofNumber));
  if (value.BS) return sum(value.BS.map((each) => Buffer.byteLength(each, 'base64')));
  return 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** Such as `OrderId=1`, `TenantId=a, OrderId=1`. */
export function keyInWords(keys: Image): string {
  return Object.entries(keys)
    .map(([name, { S, N, B }]) => `${name}=${S ?? N ?? B}`)
    .join(', ');
}
