import { isObject } from '../lambda-src/runtime/attribute-value';
import type { AttributeValue, Image } from '../lambda-src/runtime/stream-event';
import { toImage } from '../lambda-src/testing/to-record';
import { asDynamoDbWritesIt, isBase64 } from '../load/checks/filters/values';
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
  return storedMap(image, '', 0);
}

/** @throws UserError if an item is too large */
export function requireSize(image: Image): void {
  const bytes = sizeOf(image);
  if (bytes > BYTES) throw new UserError(`an item must have at most ${BYTES} bytes, got ${bytes}`);
}

const NUMBER = 'a number of at most 38 digits, from 1E-130 to 9.9E+125, in DynamoDB JSON as text';

/** Of types without values inside: what they must be, and what DynamoDB stores of it, if it is that. */
const SCALARS: Record<string, readonly [rule: string, stored: (content: unknown) => unknown]> = {
  S: ['text', (content) => (typeof content === 'string' ? content : undefined)],
  N: [NUMBER, (content) => (typeof content === 'string' ? asDynamoDbWritesIt(content) : undefined)],
  B: [
    'Base64',
    (content) => (typeof content === 'string' && isBase64(content) ? content : undefined),
  ],
  BOOL: ['true or false', (content) => (typeof content === 'boolean' ? content : undefined)],
  NULL: ['true', (content) => (content === true ? content : undefined)],
};

const TYPES = [...Object.keys(SCALARS), 'M', 'L', 'SS', 'NS', 'BS'];

/** The one name of a value, if it is a type of DynamoDB. */
function typeOf(value: unknown): string | undefined {
  const [name = '', ...others] = Object.keys(Object(value));
  return others.length === 0 && TYPES.includes(name) ? name : undefined;
}

function isDynamoDbJson(item: object): boolean {
  const values = Object.values(item);
  return values.length > 0 && values.every((value) => typeOf(value) !== undefined);
}

function plainImage(item: object): Image {
  try {
    return toImage(item, 'item');
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function storedMap(map: object, place: string, level: number): Image {
  if (Object.hasOwn(map, '')) {
    throw new UserError(`${place || 'an item'} must have attributes with names, got an empty one`);
  }
  const values = Object.entries(map).map(([name, value]) => [
    name,
    storedValue(value, place === '' ? name : `${place}.${name}`, level + 1),
  ]);
  return Object.fromEntries(values);
}

function storedValue(value: unknown, place: string, level: number): AttributeValue {
  if (level > LEVELS) throw new UserError(`${place} must be at most ${LEVELS} levels deep`);
  const type = typeOf(value);
  if (type === undefined) {
    throw refused(place, 'must be a value with its type, such as {"S":"a"}', value);
  }
  const content = storedContent(type, Reflect.get(Object(value), type), place, level);
  return { [type]: content } as AttributeValue;
}

function storedContent(type: string, content: unknown, place: string, level: number): unknown {
  if (type === 'M') {
    if (isObject(content)) return storedMap(content, place, level);
    throw refused(place, 'must be a mapping of attributes', content);
  }
  if (type === 'L') {
    if (!Array.isArray(content)) throw refused(place, 'must be a list', content);
    return content.map((value, index) => storedValue(value, `${place}[${index}]`, level + 1));
  }
  const [rule = '', stored = String] = SCALARS[type] ?? SCALARS[type.slice(0, 1)] ?? [];
  if (type in SCALARS) {
    const value = stored(content);
    if (value !== undefined) return value;
    throw refused(place, `must be ${rule}`, content);
  }
  const values = Array.isArray(content) ? content.map(stored) : [];
  const isSet = values.length > 0 && !values.includes(undefined);
  if (isSet && new Set(values).size === values.length) return values.sort();
  throw refused(place, `must be a list of one or more different values, each ${rule}`, content);
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
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) {
    return Math.ceil(value.N.replaceAll(/^-|\.|e.*/gi, '').length / 2) + 1;
  }
  if (value.B !== undefined) return Buffer.byteLength(value.B, 'base64');
  if (value.M) return 3 + sizeOf(value.M) + Object.keys(value.M).length;
  if (value.L) return 3 + sum(value.L.map(sizeOfValue)) + value.L.length;
  const { SS = [], NS = [], BS = [] } = value;
  const set = [...SS.map((S) => ({ S })), ...NS.map((N) => ({ N })), ...BS.map((B) => ({ B }))];
  return set.length > 0 ? sum(set.map(sizeOfValue)) : 1;
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
