import type { Condition } from '../../policies/statement';
import { arns, type Place } from '../../topology/arns';
import { names } from '../../topology/names';
import {
  makesFunction,
  type ResolvedConsumer,
  type ResolvedProducer,
  type TableReference,
} from '../../topology/resolve';
import type { Encryption } from '../../topology/schema/encryption';
import { accountOf } from './evaluate';
import type { AccessTarget, TargetKind } from './model';

/** What the topology says there is. */
export interface Target extends AccessTarget {
  /** No stack has it. */
  readonly elsewhere: boolean;
  /** Its policy belongs to others. */
  readonly isOfOthers?: boolean;
  /** Conditions of its policy that are taken to be met. */
  readonly assumed?: readonly Condition[];
}

function targetIn(
  { id, region }: Place,
  kind: TargetKind,
  arn: string,
  more: Partial<Target> = {},
): Target {
  return { kind, arn, name: arn, account: id, region, stackId: '', elsewhere: false, ...more };
}

export function streamOf(table: TableReference): Target {
  return targetIn(table.account, 'stream', arns.streams(table), { ownerArn: arns.table(table) });
}

export const tableOf = (table: TableReference, more?: Partial<Target>) =>
  targetIn(table.account, 'table', arns.table(table), more);

const tableOfOthers = (table: TableReference) =>
  tableOf(table, { name: table.name, elsewhere: true, isOfOthers: true });

export const keysOf = (table: TableReference) =>
  keysIn(table.account, table.encryption, arns.table(table));

function keysIn(account: Place, encryption: Encryption, ownerArn: string): Target[] {
  if (encryption === 'aws-owned') return [];
  if (encryption === 'customer-managed') {
    return [targetIn(account, 'key', arns.keys(account), { ownerArn })];
  }
  const { kmsKeyArn: arn } = encryption;
  return [
    targetIn(account, 'key', arn, { account: accountOf(arn), elsewhere: true, isOfOthers: true }),
  ];
}

export function partsOf(consumer: ResolvedConsumer) {
  const { account, role, sink, failedBatches, encryption, alarms } = consumer;
  const { name } = consumer.function;
  const part = (kind: TargetKind, arn: string, more?: Partial<Target>) =>
    targetIn(account, kind, arn, more);
  const bucketOf = (bucket: string) => arns.bucket(account, bucket);
  const topic = part('topic', arns.topic(account, names.topic(name)));
  const failed = bucketOf(failedBatches.bucket);
  const [key] = keysIn(account, encryption, failed);
  return {
    ...(role.type === 'created' && { role: part('role', role.arn) }),
    ...(makesFunction(consumer) && {
      function: part('function', arns.function(account, name)),
      log: part('log group', arns.logGroup(account, names.logGroup(name))),
    }),
    failedBatches: part('bucket', failed),
    ...(key && { key }),
    ...(sink.type === 's3' && {
      lake: part('bucket', bucketOf(sink.bucket), { name: sink.bucket, elsewhere: !sink.managed }),
    }),
    ...(alarms &&
      alarms.topicArn === undefined && {
        topic,
        topicKey: part('key', arns.keys(account), { ownerArn: topic.arn }),
      }),
    /** For the actions that take no resource. */
    account: part('account', '*', { name: account.id, elsewhere: true }),
  };
}

export function partsOfConsumer(consumer: ResolvedConsumer): Target[] {
  return Object.values(partsOf(consumer));
}

export function partsOfProducer(producer: ResolvedProducer): Target[] {
  const { table, source, streamPolicy, readers } = producer;
  const { managed, conditions: assumed } = streamPolicy;
  const stream = { ...streamOf(source), isOfOthers: !managed, assumed };
  const isRead = readers.some(({ readTable }) => readTable);
  const found = isRead ? [tableOfOthers(source)] : [];
  const tables = table.type === 'created' ? [tableOf(source, { assumed })] : found;
  return [stream, ...tables, ...keysOf(source)];
}

/** Streams that others own, with their keys, and their tables where items are read: their policies are in no stack. */
export function partsOfOthers({ streamsOfOthers }: ResolvedConsumer): Target[] {
  return streamsOfOthers.flatMap(({ arn, table }) => [
    { ...streamOf(table), arn, name: table.name, elsewhere: true, isOfOthers: true },
    ...(table.readTable ? [tableOfOthers(table)] : []),
    ...keysOf(table),
  ]);
}
