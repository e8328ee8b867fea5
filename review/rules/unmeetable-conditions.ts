import { type Context, holds } from '../../policies/conditions';
import type { Condition } from '../../policies/statement';
import type { Place } from '../../topology/arns';
import { ABSENT_CONDITION_KEYS } from '../../topology/limits';
import type { Rule } from './rule';

/** Lambda reads streams as the execution role. Every read is refused where its request cannot meet a condition. */
export const unmeetableConditions: Rule = ({ topology: { producers }, today }) =>
  producers.flatMap(({ stackId, source: { name, account }, streamPolicy, readers }) =>
    streamPolicy.conditions
      .filter((condition) => readers.length > 0 && !canBeMet(condition, account, today))
      .map(({ test, variable }) => ({
        place: stackId,
        message: `the policy of the stream of ${name} has the condition ${test} ${variable}, which no request meets with which Lambda reads it; remove it`,
      })),
  );

/** Keys of every request, and keys that none has. Of all others nothing is known. */
const FACTS: Context = {
  ...Object.fromEntries(ABSENT_CONDITION_KEYS.keys.map((key) => [key.toLowerCase(), undefined])),
  'aws:federatedprovider': undefined,
  'aws:multifactorauthage': undefined,
  'aws:multifactorauthpresent': undefined,
  'aws:principalisawsservice': 'false',
  'aws:principalservicename': undefined,
  'aws:principaltype': 'AssumedRole',
  'aws:securetransport': 'true',
  'aws:username': undefined,
};

function canBeMet(condition: Condition, { region, id }: Place, today: Date): boolean {
  const { test, variable, values } = condition;
  const key = variable.toLowerCase();
  if (key === 'aws:currenttime' && test.startsWith('DateLessThan')) {
    return values.some((value) => Date.parse(value) > today.getTime());
  }
  const facts = { ...FACTS, 'aws:requestedregion': region, 'aws:resourceaccount': id };
  const isKnown = Object.hasOwn(facts, key) && /^(String|Arn|Bool|Null)/.test(test);
  return !isKnown || holds(condition, facts);
}
