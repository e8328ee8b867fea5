import type { Finding } from '../model';
import type { Asker } from './askers';
import { accountOf, nameIn, type Policy } from './evaluate';
import { type Intent, MEANT } from './intent';
import { type AccessTarget, finding } from './model';
import { type Statement, sameCondition } from './statements';

/**
 * What the statements of a role allow and the topology does not mean, whether it is asked about or not:
 * actions that the role is not meant to have, and resources that it is not meant to have them on.
 */
export function unintendedInRole({ arn, policies }: Asker, intent: Intent): Finding[] {
  const meant = intent.actionsOf(arn);
  return policies.flatMap((policy) =>
    policy.statements.filter(allows).flatMap((statement) => {
      const { resources } = statement;
      const onOthers = meantActions(statement, meant).flatMap((action) =>
        resources.patterns
          .filter((pattern) => !intent.allowsOn(arn, action, pattern))
          .map((pattern) => `${action} on ${pattern}`),
      );
      return [
        ...unintendedActions(statement, meant),
        ...(resources.not ? ['actions on all resources but some (NotResource)'] : onOthers),
      ].map((what) =>
        finding(
          `${arn} ${nameIn(policy, statement)}`,
          `allows ${what}, which the topology does not mean`,
        ),
      );
    }),
  );
}

/** The same for the policy of a resource, and whom it names. */
export function unintendedInPolicy(
  target: AccessTarget,
  policy: Policy | undefined,
  intent: Intent,
): Finding[] {
  const intended = intent.principalsOf(target);
  return (policy?.statements ?? []).filter(allows).flatMap((statement) => {
    const place = `${target.kind} ${target.arn} ${statement.id}`;
    if (isAdministration(statement, target)) {
      return unintendedActions(statement, MEANT.administerKey).map((action) =>
        finding(place, `allows ${action} to its account, which the topology does not mean`),
      );
    }
    const conditions = [...statement.conditions, ...statement.assumed];
    const lacking = intent
      .conditionsOf(target)
      .filter((condition) => !conditions.some((each) => sameCondition(each, condition)))
      .map(({ test, variable, values }) =>
        finding(
          place,
          `lacks the condition ${test} ${variable} = ${values.join(', ')} of the topology`,
        ),
      );
    const named = principalsOf(statement).flatMap((principal) =>
      intended.has(principal)
        ? unintendedActions(statement, intent.actionsOf(principal)).map((action) =>
            finding(place, `allows ${action} to ${principal}, which the topology does not mean`),
          )
        : [finding(place, `names ${principal}, which the topology does not mean`)],
    );
    return [...named, ...lacking];
  });
}

function allows({ effect }: Statement): boolean {
  return effect === 'Allow';
}

function unintendedActions({ actions }: Statement, meant: readonly string[]): string[] {
  if (actions.not) return ['all actions but some (NotAction)'];
  return actions.patterns.filter((action) => spelled(action, meant) === undefined);
}

/** The meant actions of a statement, in the capitals in which they are meant. */
function meantActions({ actions }: Statement, meant: readonly string[]): string[] {
  return actions.patterns.flatMap((action) => spelled(action, meant) ?? []);
}

/** Actions are case-insensitive. */
function spelled(action: string, meant: readonly string[]): string | undefined {
  return meant.find((known) => known.toLowerCase() === action.toLowerCase());
}

/** A key is administered by its account, or by nobody. */
function isAdministration(statement: Statement, { kind, partition, account }: AccessTarget) {
  const root = `arn:${partition}:iam::${account}:root`;
  return kind === 'key' && principalsOf(statement).every((principal) => principal === root);
}

/** Those whom a statement is for: whom it names, or the roles that a condition leaves of an account. */
function principalsOf({ principals, conditions }: Statement): string[] {
  const roles = conditions
    .filter(({ test }) => test === 'StringEquals' || test === 'ArnEquals')
    .filter(({ variable }) => variable.toLowerCase() === 'aws:principalarn')
    .flatMap(({ values }) => values);
  return Object.values(principals)
    .flat()
    .flatMap((principal) => {
      const [, account] = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(principal) ?? [];
      const narrowed = roles.filter((arn) => accountOf(arn) === account);
      return narrowed.length > 0 ? narrowed : [principal];
    });
}
