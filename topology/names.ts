/** What things are called. Names that others see (stack ids, names in AWS) are a contract: a change replaces things. */
import { createHash } from 'node:crypto';
import { ALARMS, BUCKET, FUNCTION } from './limits';

/** A stack id names the state object, the argument of `cdktf deploy` and the folder of the synthesized stack. */
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

/**
 * The accounts of a producer: its account's name, and what stack ids say of it. A producer with one
 * `account` is not named after it, so that the account can be renamed.
 */
export function producerAccounts({
  account,
  accounts,
}: {
  readonly account?: string;
  readonly accounts?: readonly string[];
}): { account: string; idPart?: string }[] {
  if (account !== undefined) return [{ account }];
  return [...new Set(accounts)].map((each) => ({ account: each, idPart: each }));
}

/** A consumer, as far as names are made of it. */
export interface Owner {
  readonly topologyName: string;
  readonly name: string;
  readonly account: { readonly id: string; readonly region: string };
}

/** Beginnings that S3 keeps for itself, and a hyphen, with which no bucket's name may begin. */
const RESERVED_BEGINNINGS = /^(?:xn--|sthree-|amzn-s3-demo-|-)+/;

/**
 * Name of a bucket that belongs to a consumer, such as `process-orders-failed-batches-1a2b3c4d5e6f`.
 * Bucket names are global: a hash of account, Region, topology and consumer makes this one unique. Nothing of it
 * changes with the function.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function consumerBucketName(
  purpose: 'failed-batches' | 'changes',
  { topologyName, name, account: { id, region } }: Owner,
): string {
  const hash = createHash('sha256')
    .update(`${id}/${region}/${topologyName}/${name}`)
    .digest('hex')
    .slice(0, 12);
  const room = BUCKET.nameLength.max - `-${purpose}-${hash}`.length;
  const start = name.replace(RESERVED_BEGINNINGS, '').slice(0, room).replace(/-+$/, '');
  return [start, purpose, hash].filter(Boolean).join('-');
}

/** Prefix, in the bucket of a lake, of the results of its queries, which expire by themselves. */
export const ATHENA_RESULTS = 'athena-results/';

/** Names in AWS that follow from others. */
export const names = {
  logGroup: (functionName: string) => `/aws/lambda/${functionName}`,

  managedPolicy: (role: string, policy: string) => `${role}-${policy}`,

  glueDatabase: (topology: string, consumer: string) =>
    `${topology}__${consumer}`.replaceAll('-', '_'),

  /** An alias cannot have dots, and a table's name no slashes. */
  tableKeyAlias: (table: string) => `alias/dynamodb/${table.replaceAll('.', '/')}`,

  functionKeyAlias: (functionName: string) => `alias/lambda/${functionName}`,

  topic: (functionName: string) => `${functionName}-alarms`,

  topicKeyAlias: (topic: string) => `alias/sns/${topic}`,

  /** A dashboard has no Region of its own. */
  dashboard: (functionName: string, region: string) => `${functionName}-${region}`,

  /** @param owner a function, or what `mappingAlarms` returns */
  alarm: (owner: string, alarm: string) => `${owner}-${alarm.replaceAll('_', '-')}`,

  /** What the alarms of an event source mapping begin with. */
  mappingAlarms: (functionName: string, stackId: string) => `${functionName}-${stackId}`,
};

const LONGEST_FUNCTION = 'f'.repeat(FUNCTION.nameLength.max);
const LONGEST_ALARM = 'failed-invokes';

/** Characters of a stack id: CloudWatch takes the names of its alarms, whatever the function is called. */
export const STACK_ID_LENGTH =
  ALARMS.nameLength.max -
  names.alarm(names.mappingAlarms(LONGEST_FUNCTION, ''), LONGEST_ALARM).length;
