import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { accountName } from '../../../topology/account-name';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { type Cause, causesIn } from '../cause';
import { typed } from '../remedies';
import { type Credentials, clientsOf } from './clients';
import { inTime, limited, Reader, textOf } from './reader';

type Role = NonNullable<Account['deployRole']>;

/** Whom credentials belong to. */
interface Identity {
  readonly credentials: Credentials;
  readonly account: string;
  readonly arn: string;
}

/** Accounts with the roles that Terraform deploys with. Each role is assumed once. */
export class Accounts {
  readonly #readers = new Map<string, Promise<Reader>>();
  readonly #causes: Cause[] = [];
  #own?: Promise<Identity | undefined>;

  constructor(private readonly topology: ResolvedTopology) {}

  /** Why accounts cannot be reached, and what could not be read in others. */
  async causes(): Promise<Cause[]> {
    const readers = await Promise.all(this.#readers.values());
    return [...this.#causes, ...readers.flatMap(({ causes }) => causes)];
  }

  of(account: Account): Promise<Reader> {
    const { id, region, deployRole } = account;
    return this.#once(['account', id, region, deployRole], () =>
      this.#open(accountName(this.topology, account), region, deployRole, id),
    );
  }

  /** The state bucket, with the role that Terraform reads an account's states with. */
  ofState(account: Account): Promise<Reader> {
    const { region, roleArn, usePathStyle } = this.topology.state;
    const arn = account.stateRoleArn ?? roleArn;
    const role = arn === undefined ? undefined : { arn };
    // Without a role of the account it is the same for all.
    const name = account.stateRoleArn === undefined ? '' : accountName(this.topology, account);
    return this.#once(['state', role], () =>
      this.#open(name, region, role, undefined, usePathStyle),
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
    const unreachable = (...causes: Cause[]) => {
      this.#causes.push(...causes);
      return new Reader(name, '');
    };
    const own = await this.#ownIdentity(region);
    if (!own) return unreachable();
    const { credentials, account, arn } = own;
    if (!role) {
      if (id !== undefined && account !== id) {
        return unreachable(wrongAccount(name, id, account, arn));
      }
      return new Reader(name, arn, clientsOf(region, credentials, usePathStyle));
    }
    const { sts } = clientsOf(region, credentials);
    const assumed = await limited(() => assume(sts, role)).catch((error: Error) => error);
    if (assumed instanceof Error) return unreachable(roleNotAssumed(name, role.arn, assumed));
    return new Reader(name, `the role ${role.arn}`, clientsOf(region, assumed, usePathStyle));
  }

  /** Of whom the command is run by, found once for all accounts. */
  #ownIdentity(region: string): Promise<Identity | undefined> {
    this.#own ??= identityOf(region).catch((error: Error) => {
      this.#causes.push(noCredentials(error));
      return undefined;
    });
    return this.#own;
  }
}

/** Not by a provider of credentials, which takes no limit of time. */
async function assume(
  sts: STSClient,
  { arn: RoleArn, externalId: ExternalId, sessionName: RoleSessionName = 'doctor' }: Role,
): Promise<Credentials> {
  const asked = new AssumeRoleCommand({ RoleArn, ExternalId, RoleSessionName });
  const { Credentials: found } = await sts.send(asked, inTime());
  return {
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    sessionToken: found?.SessionToken,
  };
}

async function identityOf(region: string): Promise<Identity> {
  const { sts } = clientsOf(region);
  const credentials = await sts.config.credentials();
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}), inTime());
  return { credentials, account: Account, arn: Arn };
}

/** Causes of an account, or of all, where there is no name. */
const ofAccount = (account: string) => causesIn({ account, stack: '' }, 'credentials');

const OF_NETWORK =
  /ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError|AbortError/;

function notReached(account: string, error: NodeJS.ErrnoException): Cause | undefined {
  const { name, message, code = name } = error;
  if (!OF_NETWORK.test(code)) return undefined;
  return ofAccount(account)(
    'not-readable',
    `AWS cannot be reached (${textOf({ name: code, message })})`,
    'look at the network, at the proxy (HTTPS_PROXY and NO_PROXY) and at AWS_ENDPOINT_URL',
  );
}

export function noCredentials(error: Error): Cause {
  const cause = ofAccount('')(
    'no-credentials',
    `there are no credentials of AWS, or they cannot be used (${textOf(error)})`,
    'sign in, such as with `aws sso login`; or set AWS_PROFILE; this shows whose they are: `aws sts get-caller-identity`',
  );
  return notReached('', error) ?? cause;
}

export function roleNotAssumed(account: string, role: string, error: Error): Cause {
  const cause = ofAccount(account)(
    'role-not-assumed',
    `the role ${role} cannot be assumed (${textOf(error)})`,
    `let the role's trust policy name you, and your own policies allow sts:AssumeRole on it; try it: ${typed(`aws sts assume-role --role-arn ${role} --role-session-name doctor`)}`,
  );
  return notReached(account, error) ?? cause;
}

function wrongAccount(account: string, id: string, used: string, arn: string): Cause {
  return ofAccount(account)(
    'wrong-account',
    `the credentials are of the account ${used} (${arn}), and ${account} is ${id}`,
    `write the role that Terraform assumes there as accounts.${account}.deployRole: { arn: … }, or run this with credentials of ${id}`,
  );
}
