import { unique } from '../lists';
import type { Deployment, NamedPolicy, Protected, Role } from './deployment';

/** Somebody who asks. */
export interface Principal {
  /** ARN, or the name of a service. */
  readonly arn: string;
  /** Row of the report: principals of one row differ in their account only. */
  readonly label: string;
  /** Undefined for a service. */
  readonly account?: string;
  readonly policies: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy;
  /** May do everything with the resource that its own policy does not refuse to everybody. */
  readonly isAdministrator?: true;
}

/** How many of the other accounts with streams are asked, beside those that a policy names. */
export const NEIGHBOURS = 3;

const NOTHING: readonly NamedPolicy[] = [];
/** What its own account can let a role do: then all depends on the other side. */
const EVERYTHING: readonly NamedPolicy[] = [
  {
    name: 'AdministratorAccess',
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }],
    },
  },
];

/** Who is asked about. */
export class Principals {
  readonly roles: readonly Principal[];
  readonly consumerAccounts: readonly string[];
  readonly streamAccounts: readonly string[];
  readonly outsideAccount: string;

  constructor({ roles, resources }: Pick<Deployment, 'roles' | 'resources'>) {
    this.roles = roles.map(roleAsPrincipal);
    this.consumerAccounts = unique(roles.map(({ account }) => account));
    this.streamAccounts = unique(
      resources.filter(({ kind }) => kind === 'stream').map(({ account }) => account),
    );
    this.outsideAccount = outside([...this.consumerAccounts, ...this.streamAccounts]);
  }

  /** Those who are meant to have no access to a resource, except through a role of the stacks. */
  strangersTo(resource: Protected): Principal[] {
    const { account, partition } = resource;
    const role = (of: string, label: string, policies: readonly NamedPolicy[]): Principal => ({
      arn: `arn:${partition}:iam::${of}:role/NotOfTheseStacks`,
      label,
      account: of,
      policies,
    });
    const elsewhere = this.consumerAccounts.filter((consumer) => consumer !== account);
    return [
      {
        arn: `arn:${partition}:iam::${account}:role/Administrator`,
        label: 'an administrator of the same account, without TLS',
        account,
        policies: EVERYTHING,
        isAdministrator: true,
      },
      role(account, 'another role of the same account, without policies', NOTHING),
      ...elsewhere.map((consumer) =>
        role(consumer, 'another role of a consumer account, administrator there', EVERYTHING),
      ),
      ...elsewhere.map((consumer) => ({
        arn: `arn:${partition}:iam::${consumer}:root`,
        label: 'the root user of a consumer account',
        account: consumer,
        policies: EVERYTHING,
      })),
      ...this.othersWithStreams(resource).map((other) =>
        role(other, 'a role of another account with a stream, administrator there', EVERYTHING),
      ),
      role(this.outsideAccount, 'a role of an outside account, administrator there', EVERYTHING),
    ];
  }

  private othersWithStreams({ account, policy }: Protected): string[] {
    const start = this.streamAccounts.indexOf(account) + 1;
    const others = [
      ...this.streamAccounts.slice(start),
      ...this.streamAccounts.slice(0, start),
    ].filter((other) => other !== account && !this.consumerAccounts.includes(other));
    const text = JSON.stringify(policy ?? {});
    return others.filter((other, index) => index < NEIGHBOURS || text.includes(other));
  }
}

/** An AWS service, which has no policies of its own. */
export function serviceAsPrincipal(service: string): Principal {
  return { arn: service, label: `service ${service}`, policies: NOTHING };
}

function roleAsPrincipal({ arn, name, account, policies, permissionsBoundary }: Role): Principal {
  return { arn, label: `role ${name} of ${account}`, account, policies, permissionsBoundary };
}

/** An account that no stack is in. */
function outside(accounts: readonly string[]): string {
  let number = 999_999_999_999;
  while (accounts.includes(String(number))) number -= 1;
  return String(number);
}
