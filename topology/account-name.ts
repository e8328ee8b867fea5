import type { Account, ResolvedTopology } from './resolve';

/** The account of a stack as the topology names it: of several entries for one account that with the role, or the first. */
export function accountName({ accounts }: ResolvedTopology, account: Account): string {
  const same = Object.entries(accounts).filter(
    ([, { id, region }]) => id === account.id && region === account.region,
  );
  const arn = account.deployRole?.arn;
  const [name] = same.find(([, { deployRole }]) => deployRole?.arn === arn) ?? same[0] ?? [];
  return name ?? account.id;
}
