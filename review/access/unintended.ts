import { listOf } from '../lists';
import type { PolicyDocument, PolicyStatement } from '../read/policy-document';
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
    allowing(document).flatMap(([statement, index]) => {
      const place = `${arn} ${name}/${nameOf(statement, index)}`;
      const { NotResource, Resource } = statement;
      return [
        ...unintendedActions(statement, intent.actionsOf(arn)),
        ...(NotResource === undefined ? [] : ['actions on all resources but some (NotResource)']),
        ...meantActions(statement, intent.actionsOf(arn)).flatMap((action) =>
          listOf(Resource)
            .filter((pattern) => !intent.allowsOn(arn, action, pattern))
            .map((pattern) => `${action} on ${pattern}`),
        ),
      ].map((what) => `${place} allows ${what}, which the topology does not mean`);
    }),
  );
}

function ofResource(resource: Protected, intent: Intent): string[] {
  const intended = intent.principalsOf(resource);
  return allowing(resource.policy).flatMap(([statement, index]) => {
    if (isAdministration(statement, resource)) return [];
    const place = `${resource.kind} ${resource.arn} ${nameOf(statement, index)}`;
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

/** The statements of a policy that allow, with their places. */
function allowing(policy: PolicyDocument | undefined): [PolicyStatement, number][] {
  return listOf(policy?.Statement)
    .map((statement, index): [PolicyStatement, number] => [statement, index])
    .filter(([{ Effect }]) => Effect === 'Allow');
}

function nameOf({ Sid }: PolicyStatement, index: number): string {
  return Sid ?? `statement ${index + 1}`;
}

function unintendedActions(
  { Action, NotAction }: PolicyStatement,
  intended: ReadonlySet<string>,
): string[] {
  if (NotAction !== undefined) return ['all actions but some (NotAction)'];
  return listOf(Action).filter((action) => meant(action, intended) === undefined);
}

/** The actions of a statement that are meant, in the capitals in which they are meant. */
function meantActions({ Action }: PolicyStatement, intended: ReadonlySet<string>): string[] {
  return listOf(Action)
    .map((action) => meant(action, intended))
    .filter((action) => action !== undefined);
}

/** IAM does not tell actions by case. */
function meant(action: string, intended: ReadonlySet<string>): string | undefined {
  return [...intended].find((known) => known.toLowerCase() === action.toLowerCase());
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
