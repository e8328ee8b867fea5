import type { Condition } from '../../policies/statement';
import { arnMatches, matches } from './patterns';

/** Condition keys of a request, in lower case since IAM ignores it, and their values. */
export type Context = Readonly<Record<string, string | undefined>>;

/** How an operator compares a value of the policy with the one of the request. */
interface Operator {
  readonly compare: (wanted: string, given: string) => boolean;
  readonly negated?: true;
}

const equals: Operator['compare'] = (wanted, given) => wanted === given;
const ignoringCase: Operator['compare'] = (wanted, given) =>
  wanted.toLowerCase() === given.toLowerCase();

/**
 * The operators that are evaluated, each with and without `IfExists`; `Null` is one more.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS = new Map<string, Operator>(
  Object.entries({
    StringEquals: { compare: equals },
    StringNotEquals: { compare: equals, negated: true },
    StringEqualsIgnoreCase: { compare: ignoringCase },
    StringNotEqualsIgnoreCase: { compare: ignoringCase, negated: true },
    StringLike: { compare: matches },
    StringNotLike: { compare: matches, negated: true },
    ArnEquals: { compare: arnMatches },
    ArnNotEquals: { compare: arnMatches, negated: true },
    ArnLike: { compare: arnMatches },
    ArnNotLike: { compare: arnMatches, negated: true },
    Bool: { compare: ignoringCase },
  }),
);

const operatorOf = (test: string) => OPERATORS.get(test.replace(/IfExists$/, ''));

export function holds({ test, variable, values }: Condition, context: Context): boolean {
  const given = context[variable.toLowerCase()];
  if (test === 'Null') {
    return values.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  }
  const { compare, negated = false } = operatorOf(test) ?? {};
  if (given === undefined) return negated || test.endsWith('IfExists');
  return values.some((value) => compare?.(value, given)) !== negated;
}
