import { unique } from '../lists';
import type { Found } from '../model';
import { inText, nameIn, type Policy } from './evaluate';
import type { Grant } from './grants';
import { type Patterns, type Statement, sameConditions } from './statements';

/** The statements of a policy that say anything else than what is meant. */
export function unintended(place: string, policy: Policy, meant: readonly Grant[]): Found[] {
  const isOfRole = policy.side === 'role';
  return policy.statements.flatMap((statement) => {
    const { effect, actions, resources, principals, conditions } = statement;
    const alike = meant.filter((grant) => isAlike(grant, statement));
    const isMeant = (action: string, subject: string) =>
      alike.some(
        (grant) =>
          grant.actions.some((each) => each.toLowerCase() === action.toLowerCase()) &&
          (isOfRole ? grant.resources : grant.principals).some((each) => covers(each, subject)),
      );
    const subjects = isOfRole ? named(resources) : Object.values(principals).flat();
    const others = named(actions).flatMap((action) =>
      subjects.filter((subject) => !isMeant(action, subject)).map((subject) => [action, subject]),
    );
    if (others.length === 0) return [];
    const [what, whom] = [0, 1].map((part) => unique(others.map((each) => each[part])).join(', '));
    const verb = effect === 'Allow' ? 'allows' : 'denies';
    const where = inText(conditions) || ' without a condition';
    return [
      {
        place: `${place} ${nameIn(policy, statement)}`,
        message: `${verb} ${what} ${isOfRole ? 'on' : 'to'} ${whom}${where}, which the topology does not mean`,
      },
    ];
  });
}

/** What is meant to be denied and no statement denies, word by word. */
export function notDenied(
  place: string,
  statements: readonly Statement[],
  meant: readonly Grant[],
): Found[] {
  return meant
    .filter(({ effect }) => effect === 'Deny')
    .filter((grant) => {
      const asMeant = String([grant.actions, grant.resources, grant.principals]);
      const denies = statements.filter((statement) => isAlike(grant, statement));
      return denies.every(
        ({ actions, resources, principals }) =>
          String([named(actions), named(resources), principals.AWS]) !== asMeant,
      );
    })
    .map(({ actions, principals, conditions }) => ({
      place,
      message: `does not deny ${actions.join(', ')}${principals.includes('*') ? ' to everybody' : ''}${inText(conditions)}`,
    }));
}

function isAlike({ effect = 'Allow', conditions }: Grant, statement: Statement): boolean {
  const all = [...statement.conditions, ...statement.assumed];
  return effect === statement.effect && sameConditions(conditions, all);
}

function named({ patterns, not }: Patterns): readonly string[] {
  return not ? [`all but ${patterns.join(', ')}`] : patterns;
}

/** Whether a pattern matches all that another can match. */
export function covers(pattern: string, other: string): boolean {
  return pattern === other || (pattern.endsWith('*') && other.startsWith(pattern.slice(0, -1)));
}
