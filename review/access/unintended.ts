import { unique } from '../lists';
import type { Finding } from '../model';
import { inText, nameIn, type Policy } from './evaluate';
import type { Grant } from './grants';
import { finding } from './model';
import { type Patterns, type Statement, sameConditions } from './statements';

/** The statements of a policy that say anything else than what is meant, and those that it lacks. */
export function unintended(
  place: string,
  policy: Policy | undefined,
  meant: readonly Grant[],
): Finding[] {
  const statements = policy?.statements ?? [];
  return [
    ...statements.flatMap((statement) => {
      const what = excess(statement, policy?.side === 'role', meant);
      return what === undefined
        ? []
        : [
            finding(
              `${place} ${nameIn(policy ?? {}, statement)}`,
              `${what}, which the topology does not mean`,
            ),
          ];
    }),
    ...meant
      .filter((grant) => grant.effect === 'Deny' && !statements.some((each) => isAll(each, grant)))
      .map(({ actions, conditions }) =>
        finding(
          place,
          `lacks the statement that denies ${actions} to everybody${inText(conditions)}`,
        ),
      ),
  ];
}

/** What of a statement no grant with the same conditions has. */
function excess(
  { effect, actions, resources, principals, conditions, assumed }: Statement,
  isOfRole: boolean,
  meant: readonly Grant[],
): string | undefined {
  const all = [...conditions, ...assumed];
  const alike = meant.filter(
    (grant) => (grant.effect ?? 'Allow') === effect && sameConditions(grant.conditions, all),
  );
  const subjects = isOfRole ? named(resources) : Object.values(principals).flat();
  const others = named(actions).flatMap((action) => {
    const grants = alike.filter((grant) =>
      grant.actions.some((known) => known.toLowerCase() === action.toLowerCase()),
    );
    return subjects
      .filter(
        (subject) =>
          !grants.some((grant) =>
            (isOfRole ? grant.resources : grant.principals).some((each) => covers(each, subject)),
          ),
      )
      .map((subject) => ({ action, subject }));
  });
  if (others.length === 0) return undefined;
  const list = (texts: string[]) => unique(texts).join(', ');
  const what = `${effect === 'Allow' ? 'allows' : 'denies'} ${list(others.map(({ action }) => action))}`;
  const whom = `${isOfRole ? 'on' : 'to'} ${list(others.map(({ subject }) => subject))}`;
  return `${what} ${whom}${inText(conditions) || ' without a condition'}`;
}

function isAll(statement: Statement, { actions, resources, principals, conditions }: Grant) {
  return (
    statement.effect === 'Deny' &&
    sameConditions(statement.conditions, conditions) &&
    actions.every((action) => named(statement.actions).includes(action)) &&
    resources.every((resource) => named(statement.resources).includes(resource)) &&
    principals.every((principal) => statement.principals.AWS?.includes(principal))
  );
}

function named({ patterns, not }: Patterns): readonly string[] {
  return not ? [`all but ${patterns.join(', ')}`] : patterns;
}

/** Whether a pattern matches all that another can match. */
function covers(pattern: string, other: string): boolean {
  return pattern === other || (pattern.endsWith('*') && other.startsWith(pattern.slice(0, -1)));
}
