/**
 * Stack ids are a contract: they name the state object, the argument of `cdktf deploy` and the
 * folder of the synthesized configuration.
 */

export const STATE_BUCKET_STACK_ID = 'state-bucket';

export function consumerStackId(consumer: string): string {
  return `consumer-${consumer}`;
}

export function producerStackId(producer: string, account?: string): string {
  return ['producer', producer, account].filter(Boolean).join('-');
}

export function subscriptionStackId(
  producer: string,
  account: string | undefined,
  consumer: string,
): string {
  return ['subscription', producer, account, consumer].filter(Boolean).join('-');
}

type Accounts =
  | { readonly account: string }
  | { readonly account?: undefined; readonly accounts: readonly string[] };

/**
 * The accounts of a producer: its account's name, and what stack ids say of it. A producer with one
 * `account` is not named after it, so that the account can be renamed.
 */
export function producerAccounts(
  producer: Accounts,
): { readonly account: string; readonly idPart?: string }[] {
  return producer.account !== undefined
    ? [{ account: producer.account }]
    : [...new Set(producer.accounts)].map((account) => ({ account, idPart: account }));
}
