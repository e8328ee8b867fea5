import type { Condition } from '../../policies/statement';
import { arnMatches, matches } from './patterns';

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
