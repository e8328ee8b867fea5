import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { credentialsOf } from '../../redrive/aws';
import type { Cause } from '../cause';
import { Clients, type Credentials } from './clients';
import { Reader } from './reader';

type Role = NonNullable<Account['deployRole']>;

/** Accounts with the roles that Terraform deploys with. Each role is assumed once. */
export class Accounts {
  readonly #readers = new Map<string, Promise<Reader>>();
  readonly #causes: Cause[] = [];
  #own?: Promise<Credentials | Error>;

  constructor(private readonly topology: ResolvedTopology) {}

  /** Why accounts cannot be reached, and what could not be read in others. */
  async causes(): Promise<Cause[]> {
    const readers = await Promise.all(this.#readers.values());
    return [...this.#causes, ...readers.flatMap(({ causes }) => causes)];
  }

  of(account: Account): Promise<Reader> {
    const { id, region, deployRole } = account;
    return this.#once(['account', id, region, deployRole], () =>
      this.#open(nameOf(this.topology, account), region, deployRole, id),
    );
  }

  /** The state bucket, with the role that Terraform reads an account's states with. */
  ofState(account: Account): Promise<Reader> {
    const { region, roleArn, usePathStyle } = this.topology.state;
    const arn = account.stateRoleArn ?? roleArn;
    const role = arn === undefined ? undefined : { arn };
    return this.#once(['state', role], () =>
      this.#open(nameOf(this.topology, account), region, role, undefined, usePathStyle),
    );
  }

  #once(key: unknown, open: () => Promise<Reader>): Promise<Reader> {
    const text = JSON.stringify(key);
    const reader = this.#readers.get(text) ?? open();
    this.#readers.set(text, reader);
    return reader;
  }

  async #open(
    name: string,
    region: string,
    role: Role | undefined,
    id: string | undefined,
    usePathStyle?: boolean,
  ): Promise<Reader> {
    const unreachable = (cause?: Cause) => {
      if (cause) this.#causes.push(cause);
      return new Reader(name, '');
    };
    const own = await this.#ownCredentials(region);
    if (own instanceof Error) return unreachable();
    const assume = credentialsOf(region, role, 'doctor', own) ?? (async () => own);
    const credentials = await assume().catch((error: Error) => error);
    if (credentials instanceof Error) {
      return unreachable(roleNotAssumed(name, role?.arn ?? '', credentials));
    }
    const clients = new Clients(region, credentials, usePathStyle);
    const identity = await clients.sts
      .send(new GetCallerIdentityCommand({}))
      .catch((error: Error) => error);
    if (identity instanceof Error) return unreachable(noCredentials(name, identity));
    const { Account: used = '', Arn: arn = '' } = identity;
    if (id !== undefined && used !== id) return unreachable(wrongAccount(name, id, used, arn));
    return new Reader(name, role ? `the role ${role.arn}` : arn, clients);
  }

  /** Those that the command is run with, found once for all accounts. */
  #ownCredentials(region: string): Promise<Credentials | Error> {
    this.#own ??= new Clients(region).sts.config.credentials().catch((error: Error) => {
      this.#causes.push(noCredentials('', error));
      return error;
    });
    return this.#own;
  }
}

/** The account of a stack as the topology names it: of several entries for one account that with the role, or the first. */
export function nameOf({ accounts }: ResolvedTopology, account: Account): string {
  const same = Object.entries(accounts).filter(
    ([, { id, region }]) => id === account.id && region === account.region,
  );
  const arn = account.deployRole?.arn;
  const [name] = same.find(([, { deployRole }]) => deployRole?.arn === arn) ?? same[0] ?? [];
  return name ?? account.id;
}

const NOWHERE = { stack: '', part: 'credentials' };

export function noCredentials(account: string, { name, message }: Error): Cause {
  return {
    cause: 'no-credentials',
    account,
    ...NOWHERE,
    message: `there are no credentials of AWS that work (${name}: ${message})`,
    remedy:
      'sign in, such as with aws sso login, or set AWS_PROFILE; aws sts get-caller-identity shows whose they are',
  };
}

export function roleNotAssumed(account: string, role: string, { name, message }: Error): Cause {
  return {
    cause: 'role-not-assumed',
    account,
    ...NOWHERE,
    message: `the role ${role} cannot be assumed (${name}: ${message})`,
    remedy: `let the role's trust policy name you, and your own policies allow sts:AssumeRole on it; try it: aws sts assume-role --role-arn ${role} --role-session-name doctor`,
  };
}

export function wrongAccount(account: string, id: string, used: string, arn: string): Cause {
  return {
    cause: 'wrong-account',
    account,
    ...NOWHERE,
    message: `the credentials are of the account ${used} (${arn}), and ${account} is ${id}`,
    remedy: `write the role that Terraform assumes there as accounts.${account}.deployRole: { arn: … }, or run this with credentials of ${id}`,
  };
}
