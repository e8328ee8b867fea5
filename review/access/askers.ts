import { unique } from '../lists';
import { accountOf, type Policy } from './evaluate';
import type { AccessTarget, NamedPolicy, Role } from './model';
import { readStatements } from './statements';

/** Somebody who asks. */
export interface Asker {
  /** ARN, or the name of a service. */
  readonly arn: string;
  /** As the report calls it. */
  readonly label: string;
  /** Undefined for a service. */
  readonly account?: string;
  readonly policies: readonly Policy[];
  readonly permissionsBoundary?: Policy;
  /** Asks only what the target's own policy refuses to everybody. */
  readonly isAdministrator?: true;
}

/** What their own account can let others do: then all depends on the policy of the target. */
const EVERYTHING: readonly Policy[] = [
  {
    side: 'role',
    name: 'AdministratorAccess',
    statements: readStatements({
      Statement: { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' },
    }),
  },
];

/** For everybody: an account that cannot exist. */
const ANY_ACCOUNT = '000000000000';

export function roleAsker({ arn, name, account, policies, permissionsBoundary }: Role): Asker {
  return {
    arn,
    label: `role ${name} of ${account}`,
    account,
    policies: policies.map((policy) => readPolicy('role', policy)),
    permissionsBoundary:
      permissionsBoundary && readPolicy('permissions boundary', permissionsBoundary),
  };
}

function readPolicy(side: Policy['side'], { name, document }: NamedPolicy): Policy {
  return { side, name, statements: readStatements(document) };
}

/** An AWS service, which has no policies. */
export function serviceAsker(service: string): Asker {
  return { arn: service, label: `service ${service}`, policies: [] };
}

/** An administrator of the account of a target. */
export function administratorOf({ account, partition }: AccessTarget): Asker {
  return {
    arn: `arn:${partition}:iam::${account}:role/Administrator`,
    label: 'an administrator of the same account, without TLS',
    account,
    policies: EVERYTHING,
    isAdministrator: true,
  };
}

/** Those whom the policy of a target names, but for the account itself, which its own policies rule. */
export function askersNamedIn(policy: Policy | undefined, target: AccessTarget): Asker[] {
  const { partition, account } = target;
  const names = (policy?.statements ?? [])
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) => [...(principals.AWS ?? []), ...(principals.Service ?? [])]);
  const askers = unique(names).map((name): Asker => {
    if (!/^(\*|\d{12}|arn:.*)$/.test(name)) return serviceAsker(name);
    const [arn, label] =
      name === '*'
        ? [`arn:${partition}:iam::${ANY_ACCOUNT}:role/Anybody`, 'anybody']
        : [/^\d+$/.test(name) ? `arn:${partition}:iam::${name}:root` : name, name];
    return { arn, label, account: accountOf(arn), policies: EVERYTHING };
  });
  return askers.filter(({ arn }) => arn !== `arn:${partition}:iam::${account}:root`);
}
