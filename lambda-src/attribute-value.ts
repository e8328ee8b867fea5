import type { AttributeValue } from 'aws-lambda';

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

/** Every decimal number with no more significant digits than this survives the way through a double. */
const SAFE_DIGITS = 15;

export function toItem(image: { readonly [attribute: string]: AttributeValue }): Item {
  return Object.fromEntries(
    Object.entries(image).map(([attribute, value]) => [attribute, toPlainValue(value)]),
  );
}

/** @throws TypeError if the value has none of DynamoDB's types */
function toPlainValue(value: AttributeValue): PlainValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return toNumber(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return toItem(value.M);
  if (value.L !== undefined) return value.L.map(toPlainValue);
  if (value.NULL !== undefined) return null;
  if (value.B !== undefined) return toBinary(value.B);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.NS !== undefined) return new Set(value.NS.map(toNumber));
  if (value.BS !== undefined) return new Set(value.BS.map(toBinary));
  throw new TypeError(`not a DynamoDB attribute value: ${JSON.stringify(value)}`);
}

function toNumber(text: string): number | string {
  const number = Number(text);
  if (Number.isNaN(number)) throw new TypeError(`not a DynamoDB number: ${text}`);
  const digits = text.replace(/e.*$/i, '').replaceAll(/[-+.]/g, '').replace(/^0+/, '');
  return digits.length <= SAFE_DIGITS || isSafeInteger(text) ? number : text;
}

function isSafeInteger(text: string): boolean {
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text));
}

function toBinary(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
