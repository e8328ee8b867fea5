/**
 * Which values a field of a record can have, where AWS or the topology says so.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
import { asked, canBe, textOf, type Value } from './operators';

export interface Values {
  readonly name: string;
  /** One of them, or what matches one, as YAML for messages. */
  readonly example: string;
  /** Whether a value, or an operator, matches one of them. */
  readonly match: (alternative: unknown) => boolean;
  /** The one form in which records have a text that matches. */
  readonly written?: (text: string) => string | undefined;
}

export function listed(values: readonly Value[]): Values {
  return {
    name: oneOf(values),
    example: String(values[0]),
    match: (alternative) => values.some((value) => canBe([alternative], value)),
  };
}

/** @param begins whether one of them begins so; `ends`, whether one ends so */
function texts(
  name: string,
  example: string,
  is: (text: string) => boolean,
  begins: (text: string) => boolean,
  ends = begins,
): Values {
  const tests = { '': is, 'equals-ignore-case': is, prefix: begins, suffix: ends };
  return {
    name,
    example,
    match: (alternative) => {
      const [operator, operand] = asked(alternative);
      return (
        tests[operator as keyof typeof tests]?.(textOf(operand)) ?? operator === 'anything-but'
      );
    },
  };
}

function numbers(name: string, least: number, most: number, whole: boolean): Values {
  const numbersIn = (value: unknown) => [value].flat().filter((one) => typeof one === 'number');
  return {
    name,
    example: '26',
    match: (alternative) => {
      // What matches a number of the range matches an end of it, a bound, or what is half way between two.
      const ends = [least, most, ...numbersIn(asked(alternative)[1])];
      const candidates = ends.flatMap((one) => ends.map((other) => (one + other) / 2));
      return candidates
        .flatMap((one) => (whole ? [Math.floor(one), Math.ceil(one)] : one))
        .some((one) => one >= least && one <= most && canBe([alternative], one));
    },
  };
}

/** A record holds a key and two images of at most 400 KB each; a page of a stream has 1 MB. */
export const SIZES = numbers('a whole number from 1 to 1048576', 1, 1_048_576, true);

/** From 2015, when DynamoDB got streams, to the largest number a filter compares. */
const SECONDS = numbers(
  'seconds since 1970, from 1420070400 to 5000000000',
  1_420_070_400,
  5e9,
  false,
);

const SECONDS_AS_TEXT = texts(
  SECONDS.name,
  '',
  (text) => /^[\d.eE+]+$/.test(text) && SECONDS.match(Number(text)),
  (text) => /^[\d.eE+]*$/.test(text),
);

export const TIMES: Values = {
  ...SECONDS,
  match: (alternative) => SECONDS.match(alternative) || SECONDS_AS_TEXT.match(alternative),
};

/** AWS's own examples have 3 digits, the API has 21 to 40. */
export const SEQUENCE_NUMBERS = texts(
  'at most 40 digits',
  '"111"',
  (text) => /^\d{1,40}$/.test(text),
  (text) => /^\d{0,40}$/.test(text),
);

export const NUMBERS: Values = {
  ...texts(
    'a number of at most 38 digits, from 1E-130 to 9.9E+125',
    '"100"',
    (text) => asDynamoDbWritesIt(text) !== undefined,
    (text) => /^-?((0|[1-9]\d*)(\.\d*)?([eE][+-]?\d*)?)?$/.test(text),
    (text) => /^((-?\d+)?(\.\d*[1-9])?([eE][+-]?\d+)?|[+-]?\d+)$/.test(text),
  ),
  written: (text) => {
    const form = asDynamoDbWritesIt(text);
    return form?.includes('E') ? text : form;
  },
};

export const BINARIES = texts('Base64', 'aGk=', isBase64, isPartOfBase64);

/** Values of a key: never empty, and of a limited length in bytes. */
export function keyValues(type: string, longest: number): Values | undefined {
  if (type !== 'S' && type !== 'B') return undefined;
  const fits = (text: string) =>
    Buffer.from(text, type === 'S' ? 'utf8' : 'base64').length <= longest;
  return texts(
    `a value of a key, which has 1 to ${longest} bytes`,
    type === 'S' ? 'open' : 'aGk=',
    (text) => text !== '' && fits(text),
    (text) => (type === 'S' || isPartOfBase64(text)) && fits(text),
  );
}

/**
 * ARNs of streams end with the time at which the stream was enabled, which only AWS knows.
 *
 * @param beginnings `arn:…:table/…/stream/` of each table
 */
export function streamArns(beginnings: readonly string[]): Values {
  const arns = listed(beginnings.map((beginning) => `${beginning}0000-00-00T00:00:00.000`));
  const anyTime = (alternative: unknown) =>
    JSON.parse(
      JSON.stringify(alternative).replaceAll(/[\dTt:.-]+(?=")/g, (time) =>
        time.replaceAll(/\d/g, '0'),
      ),
    );
  return {
    name: `the ARN of a stream of this table, ${beginnings[0]}2026-01-31T12:34:56.789 or the like`,
    example: `{ prefix: "${beginnings[0]}" }`,
    match: (alternative) =>
      arns.match(alternative) ||
      (asked(alternative)[0] !== 'anything-but' && arns.match(anyTime(alternative))),
  };
}

/**
 * A number as DynamoDB writes it, with no zeros that it does not need. Where it would have many, nobody says how
 * DynamoDB does: it keeps an exponent, in one form for each value. Undefined if it is no number of DynamoDB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
export function asDynamoDbWritesIt(text: string): string | undefined {
  const [all, sign = '', before = '', after = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (all === undefined) return undefined;
  const [, zeros = '', digits = ''] = /^(0*)(.*?)0*$/.exec(`${before}${after}`) ?? [];
  if (digits === '') return '0';
  const point = before.length - zeros.length + Number(exponent);
  if (digits.length > 38 || point < -129 || point > 126) return undefined;
  if (exponent !== '0' && (point < -5 || point > 38)) {
    return `${sign}${digits}E${point - digits.length}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const fraction = digits.slice(point);
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}${fraction && `.${fraction}`}`;
}

export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function isPartOfBase64(text: string): boolean {
  return /^[A-Za-z\d+/]*={0,2}$/.test(text);
}

export function oneOf(values: readonly unknown[]): string {
  return values.join(', ').replace(/, ([^,]*)$/, ' or $1');
}
