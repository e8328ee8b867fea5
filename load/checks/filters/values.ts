/**
 * Which values a field of a record can have, where AWS or the topology says so.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */

/** The texts that a field can have. */
export interface Texts {
  /** What they are, for messages. */
  readonly name: string;
  /** One of them, as YAML, for messages. */
  readonly example: string;
  readonly is: (text: string, anyCase?: boolean) => boolean;
  /** Whether one of them begins so. */
  readonly begins: (text: string, anyCase?: boolean) => boolean;
  /** Whether one of them ends so. */
  readonly ends: (text: string, anyCase?: boolean) => boolean;
  /** Whether all of them begin so. */
  readonly allBegin?: (text: string) => boolean;
}

/** The numbers that a field can have. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/** A record holds a key and two images of at most 400 KB each; a page of a stream has 1 MB. */
export const SIZES: Range = { least: 1, most: 1_048_576, whole: true };

/** Seconds since 1970: from 2015, when DynamoDB got streams, to the largest number a filter compares. */
export const TIMES: Range = { least: 1_420_070_400, most: 5e9, whole: false };

/** @param part what one of them can begin, and end, with */
function texts(
  name: string,
  example: string,
  is: (text: string) => boolean,
  part: (text: string) => boolean,
): Texts {
  return { name, example, is, begins: part, ends: part };
}

export const TIMES_AS_TEXT = texts(
  'seconds since 1970, from 2015 on',
  '"1678831218.0"',
  (text) => /^[\d.eE+]+$/.test(text) && isWithin(Number(text), TIMES),
  (text) => /^[\d.eE+]*$/.test(text),
);

/** AWS's own examples have 3 digits, the API has 21 to 40. */
export const SEQUENCE_NUMBERS = texts(
  'at most 40 digits',
  '"111"',
  (text) => /^\d{1,40}$/.test(text),
  (text) => /^\d{0,40}$/.test(text),
);

export const NUMBERS: Texts = {
  name: 'a number of at most 38 digits, from 1E-130 to 9.9E+125',
  example: '"100"',
  is: isDynamoDbNumber,
  begins: (text) => /^-?((0|[1-9]\d*)(\.\d*)?([eE][+-]?\d*)?)?$/.test(text),
  ends: (text) => /^((-?\d+)?(\.\d*[1-9])?([eE][+-]?\d+)?|[+-]?\d+)$/.test(text),
};

export const BINARIES = texts('Base64', 'aGk=', () => true, isPartOfBase64);

/** Values of a key: never empty, and of a limited length in bytes. */
export function keyValues(type: string, longest: number): Texts | undefined {
  if (type !== 'S' && type !== 'B') return undefined;
  const name = `a value of a key, which has 1 to ${longest} bytes`;
  const fits = (text: string) =>
    Buffer.from(text, type === 'S' ? 'utf8' : 'base64').length <= longest;
  const part = (text: string) => (type === 'S' || isPartOfBase64(text)) && fits(text);
  const example = type === 'S' ? 'open' : 'aGk=';
  return texts(name, example, (text) => text !== '' && fits(text), part);
}

/**
 * ARNs of streams: what is known of them, and the label of a stream, which is the time of its creation.
 *
 * @param beginnings `arn:…:table/…/stream/` of each table
 */
export function streamArns(beginnings: readonly string[]): Texts {
  const anyOf = (test: (beginning: string) => boolean, anyCase = false) =>
    beginnings.some((one) => test(anyCase ? one.toLowerCase() : one));
  const inCase = (text: string, anyCase = false) => (anyCase ? text.toLowerCase() : text);
  return {
    example: `{ prefix: "${beginnings[0]}" }`,
    name: `the ARN of a stream of this table, ${beginnings[0]}2026-01-31T12:34:56.789 or the like`,
    is: (text, anyCase) =>
      anyOf((one) => {
        const whole = inCase(text, anyCase);
        return whole.startsWith(one) && isLabel(whole.slice(one.length)) && whole !== one;
      }, anyCase),
    begins: (text, anyCase) =>
      anyOf((one) => {
        const part = inCase(text, anyCase);
        return one.startsWith(part) || (part.startsWith(one) && isLabel(part.slice(one.length)));
      }, anyCase),
    ends: (text, anyCase) => {
      const part = inCase(text, anyCase);
      const label = part.slice(part.lastIndexOf('/') + 1);
      const before = part.slice(0, part.length - label.length);
      const isWhole = before === '' || label !== '';
      return isWhole && isLabel(label) && anyOf((one) => one.endsWith(before), anyCase);
    },
    allBegin: (text) => beginnings.every((one) => one.startsWith(text)),
  };
}

function isLabel(text: string): boolean {
  return /^[\dTt:.-]*$/.test(text);
}

export function isWithin(number: number, { least, most, whole }: Range): boolean {
  return number >= least && number <= most && (!whole || Number.isInteger(number));
}

/** Whether a number of the range fulfils the operand of `numeric`. */
export function overlaps(operand: readonly unknown[], { least, most, whole }: Range): boolean {
  let low = least;
  let high = most;
  for (let at = 0; at < operand.length; at += 2) {
    const sign = String(operand[at]);
    const bound = Number(operand[at + 1]);
    const strictly = whole && !sign.includes('=');
    if (sign !== '<' && sign !== '<=')
      low = Math.max(low, strictly ? Math.floor(bound) + 1 : bound);
    if (sign !== '>' && sign !== '>=')
      high = Math.min(high, strictly ? Math.ceil(bound) - 1 : bound);
  }
  return whole ? Math.ceil(low) <= Math.floor(high) : low <= high;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number */
function isDynamoDbNumber(text: string): boolean {
  const [all, whole = '', fraction = '', exponent = '0'] =
    /^-?0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (all === undefined || !/\d/.test(text)) return false;
  const digits = `${whole}${fraction}`;
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  if (zeros === digits.length) return true;
  const magnitude = whole.length - zeros - 1 + Number(exponent);
  const significant = digits.slice(zeros).replace(/0+$/, '').length;
  return significant <= 38 && magnitude >= -130 && magnitude <= 125;
}

/**
 * DynamoDB trims zeros and signs of zero, so that a number has one form. An exponent is left as it is
 * where the number without it would have many zeros.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
export function asDynamoDbWritesIt(text: string): string | undefined {
  const [all, sign = '', before = '', after = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (all === undefined) return undefined;
  const exact = before.length + Number(exponent);
  if (exponent !== '0' && (exact < -5 || exact > 38)) return text;
  const point = Math.max(exact, 1);
  const digits = `${'0'.repeat(point - exact)}${before}${after}`;
  const whole = digits
    .padEnd(point, '0')
    .slice(0, point)
    .replace(/^0+(?=\d)/, '');
  const fraction = digits.slice(point).replace(/0+$/, '');
  const number = fraction === '' ? whole : `${whole}.${fraction}`;
  return number === '0' ? number : `${sign}${number}`;
}

export function asBase64(text: string): string | undefined {
  return Buffer.from(text, 'base64').toString('base64') === text ? text : undefined;
}

function isPartOfBase64(text: string): boolean {
  return /^[A-Za-z\d+/]*={0,2}$/.test(text);
}
