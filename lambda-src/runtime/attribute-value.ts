import type { AttributeValue, Image } from './stream-event';

/** A DynamoDB value as a plain JavaScript one. A number that a double cannot hold stays a string. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | Set<string | number | Uint8Array>
  | PlainValue[]
  | Item;

export interface Item {
  [attribute: string]: PlainValue;
}

/** A set that is an array in JSON. */
export class ValueSet<T> extends Set<T> {
  toJSON(): T[] {
    return [...this];
  }
}

/** Bytes that are base64 in JSON, as in DynamoDB's own. */
export class Binary extends Uint8Array {
  toJSON(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString('base64');
  }
}

/** No two parts match the same digits, so that a long text is refused in linear time. */
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;

/** @throws TypeError if a value has none of DynamoDB's types */
export function toItem(image: Readonly<Image>): Item {
  const item: Item = {};
  // This loop takes a third of the time of Object.fromEntries() over Object.entries().
  for (const attribute in image) {
    const value = toPlainValue(image[attribute]);
    if (attribute !== '__proto__') item[attribute] = value;
    // Its assignment would set the object's prototype.
    else Object.defineProperty(item, attribute, { value, ...OWN });
  }
  return item;
}

const OWN = { enumerable: true, configurable: true, writable: true };

function toPlainValue(value: AttributeValue | undefined): PlainValue {
  if (!value) throw notAValue();
  if (typeof value.S === 'string') return value.S;
  if (typeof value.N === 'string') return toNumber(value.N);
  if (typeof value.BOOL === 'boolean') return value.BOOL;
  if (isObject(value.M)) return toItem(value.M);
  if (Array.isArray(value.L)) return value.L.map(toPlainValue);
  if (value.NULL === true) return null;
  if (typeof value.B === 'string') return toBinary(value.B);
  if (Array.isArray(value.SS)) return new ValueSet(value.SS);
  if (Array.isArray(value.NS)) return new ValueSet(value.NS.map(toNumber));
  if (Array.isArray(value.BS)) return new ValueSet(value.BS.map(toBinary));
  throw notAValue();
}

/** Without the value: the table's data must not get into a log by an error. */
function notAValue(): TypeError {
  return new TypeError('not a DynamoDB attribute value');
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of any realm: jest has two. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** DynamoDB's range, 1E-130 to 9.9…E+125, is inside that of a double; its 38 digits are not. */
function toNumber(text: string): number | string {
  const number = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(number)) {
    throw new TypeError('not a DynamoDB number');
  }
  // A double holds every decimal number up to this length.
  if (text.length <= 15) return number;
  const isExact = /^[-+]?\d+$/.test(text)
    ? Number.isSafeInteger(number)
    : digitsOf(text) === digitsOf(String(number));
  return isExact ? number : text;
}

/** The significant digits, which a double has to keep. */
function digitsOf(text: string): string {
  const digits = text.replace(/e.*$/i, '').replaceAll(/[-+.]/g, '').replace(/^0+/, '');
  // Not /0+$/, which starts again at every zero of a long text.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function toBinary(base64: string): Binary {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) {
    throw new TypeError('not a DynamoDB binary, which is base64');
  }
  return new Binary(bytes);
}
