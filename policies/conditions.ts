import type { Condition } from './statement';

/** Condition keys of a request, in lower case since IAM ignores it, and their values. */
export type Context = Readonly<Record<string, string | undefined>>;

type Compare = (wanted: string, given: string) => boolean;

const ignoringCase: Compare = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();

/**
 * The operators that are evaluated, each with and without `Not` and `IfExists`; `Null` is one more.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS = new Map<string, Compare>(
  Object.entries({
    StringEquals: (wanted, given) => wanted === given,
    StringEqualsIgnoreCase: ignoringCase,
    StringLike: matches,
    ArnEquals: arnMatches,
    ArnLike: arnMatches,
    Bool: ignoringCase,
  }),
);

export function holds({ test, variable, values }: Condition, context: Context): boolean {
  const given = context[variable.toLowerCase()];
  if (test === 'Null') {
    return values.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  }
  const isNegated = /^(String|Arn)Not/.test(test);
  if (given === undefined) return isNegated || test.endsWith('IfExists');
  const compare = OPERATORS.get(test.replace(/IfExists$/, '').replace('Not', ''));
  return values.some((value) => compare?.(value, given)) !== isNegated;
}

/**
 * Whether a pattern with the wildcards `*` and `?` matches a text. It takes no longer than the product of
 * their lengths, whatever the pattern.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      // The star takes one character more.
      resume += 1;
      position = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Whether some text matches both patterns. */
export function overlap(one: string, other: string): boolean {
  // For each beginning of one pattern: whether some text matches it and each beginning of the other.
  let shorter: boolean[] = [];
  for (let length = 0; length <= one.length; length += 1) {
    const a = one[length - 1];
    const row = [length === 0 || (a === '*' && shorter[0] === true)];
    for (const [index, b] of [...other].entries()) {
      const both = a === b || a === '?' || b === '?';
      const before = a === '*' || b === '*' ? row[index] || shorter[index + 1] : shorter[index];
      row.push(before === true && (both || a === '*' || b === '*'));
    }
    shorter = row;
  }
  return shorter[other.length] === true;
}

/** The same for each of the six parts of an ARN, as the condition operators for ARNs compare them. */
function arnMatches(pattern: string, arn: string): boolean {
  const given = partsOf(arn);
  return partsOf(pattern).every((part, index) => matches(part, given[index] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
