import { listOf, type PolicyStatement } from '../policy';
import type { Deployment, Protected, Role } from './deployment';
import type { Intent } from './intent';

/**
 * Statements that allow what the topology does not mean, whether it is asked about or not: actions that
 * nobody is meant to have, and principals that are meant to have nothing. One line each.
 *
 * Who may do what with the resources of the stacks is evaluated; this is for the actions and principals
 * that AWS has beside those that are asked about.
 */
export function unintendedStatements({ roles, resources }: Deployment, intent: Intent): string[] {
  return [
    ...roles.flatMap((role) => ofRole(role, intent)),
    ...resources.flatMap((resource) => ofResource(resource, intent)),
  ];
}

function ofRole({ arn, policies }: Role, intent: Intent): string[] {
  return policies.flatMap(({ name, document }) =>
    listOf(document.Statement).flatMap((statement, index) => {
      const place = `${arn} ${name}/${statement.Sid ?? `statement ${index + 1}`}`;
      const actions = unintendedActions(statement, intent.actionsOf(arn));
      return [...actions, ...unintendedResources(arn, statement, intent)].map(
        (what) => `${place} allows ${what}, which the topology does not mean`,
      );
    }),
  );
}

/** Actions that the role is meant to have, on something else. */
function unintendedResources(
  role: string,
  { Effect, Action, Resource, NotResource }: PolicyStatement,
  intent: Intent,
): string[] {
  if (Effect !== 'Allow') return [];
  if (NotResource !== undefined) return ['actions on all resources but some (NotResource)'];
  return listOf(Action)
    .filter((action) => intent.actionsOf(role).has(action))
    .flatMap((action) =>
      listOf(Resource)
        .filter((pattern) => !intent.allowsOn(role, action, pattern))
        .map((pattern) => `${action} on ${pattern}`),
    );
}

function ofResource(resource: Protected, intent: Intent): string[] {
  const intended = intent.principalsOf(resource);
  return listOf(resource.policy?.Statement).flatMap((statement, index) => {
    if (statement.Effect !== 'Allow' || isAdministration(statement, resource)) return [];
    const place = `${resource.kind} ${resource.arn} ${statement.Sid ?? `statement ${index + 1}`}`;
    return principalsOf(statement).flatMap((principal) => {
      if (!intended.has(principal)) {
        return [`${place} names ${principal}, which the topology does not mean`];
      }
      return unintendedActions(statement, intent.actionsOf(principal)).map(
        (action) => `${place} allows ${action} to ${principal}, which the topology does not mean`,
      );
    });
  });
}

function unintendedActions(
  { Effect, Action, NotAction }: PolicyStatement,
  intended: ReadonlySet<string>,
): string[] {
  if (Effect !== 'Allow') return [];
  if (NotAction !== undefined) return ['all actions but some (NotAction)'];
  const known = new Set([...intended].map((action) => action.toLowerCase()));
  return listOf(Action).filter((action) => !known.has(action.toLowerCase()));
}

/** A key is administered by its account, or by nobody. */
function isAdministration(statement: PolicyStatement, resource: Protected): boolean {
  const root = `arn:${resource.partition}:iam::${resource.account}:root`;
  return resource.kind === 'key' && principalsOf(statement).every((named) => named === root);
}

/** Those whom a statement is for: whom it names, or the roles that a condition leaves of an account. */
function principalsOf({ Principal, NotPrincipal, Condition }: PolicyStatement): string[] {
  if (NotPrincipal !== undefined) return ['all principals but some (NotPrincipal)'];
  const named = [Principal ?? {}]
    .flatMap((principal) => (principal === '*' ? '*' : Object.values(principal)))
    .flatMap((principals) => listOf(principals));
  const arns = Object.entries(Condition ?? {})
    .filter(([test]) => test === 'StringEquals' || test === 'ArnEquals')
    .flatMap(([, keys]) =>
      Object.entries(keys)
        .filter(([key]) => key.toLowerCase() === 'aws:principalarn')
        .flatMap(([, values]) => listOf(values)),
    );
  return named.flatMap((principal) => {
    const [, account] = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(principal) ?? [];
    const ofAccount = arns.filter((arn) => arn.split(':')[4] === account);
    return ofAccount.length > 0 ? ofAccount : [principal];
  });
}
