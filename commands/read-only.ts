import type { Account, ResolvedTopology } from '../topology/resolve';

export const READ_ONLY = {
  'read-only': {
    type: 'boolean',
    does: 'with the roles TerraformRead and TerraformState-read of bootstrap/, which change nothing',
  },
} as const;

/** The topology for whoever may only read: other roles of the same accounts are assumed. */
export function readOnly(topology: ResolvedTopology): ResolvedTopology {
  const { state, accounts, consumers, producers, subscriptions } = topology;
  return {
    ...topology,
    state: { ...state, roleArn: role(state.roleArn, 'TerraformState-read') },
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([name, account]) => [name, withReader(account)]),
    ),
    consumers: consumers.map(ofReader),
    producers: producers.map(ofReader),
    subscriptions: subscriptions.map(ofReader),
  };
}

const ofReader = <T extends { readonly account: Account }>(stack: T): T => ({
  ...stack,
  account: withReader(stack.account),
});

function withReader<T extends Pick<Account, 'deployRole' | 'stateRoleArn'>>(account: T): T {
  const { deployRole, stateRoleArn } = account;
  return {
    ...account,
    deployRole: deployRole && { ...deployRole, arn: role(deployRole.arn, 'TerraformRead') },
    stateRoleArn: role(stateRoleArn, 'TerraformState-read'),
  };
}

function role<T extends string | undefined>(arn: T, name: string): T {
  return arn?.replace(/:role\/.*/, `:role/${name}`) as T;
}
