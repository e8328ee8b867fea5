import { type Condition, condition } from '../../policies/statement';
import { arns, dnsSuffixOf, type Place } from '../../topology/arns';
import { names } from '../../topology/names';
import {
  makesFunction,
  type Reader,
  type ResolvedConsumer,
  type ResolvedProducer,
  type TableReference,
} from '../../topology/resolve';
import { awsManagedActions } from './aws-managed-policies';
import type { AccessTarget } from './model';
import { keysOf, partsOf, streamOf, type Target, tableOf } from './targets';

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Actions that are meant. They are written here a second time, apart from the policies, as their conditions are: a
 * policy that grants more than these is found, whoever widened it.
 */
export const MEANT = {
  assumeRole: ['sts:AssumeRole'],
  createLog: ['logs:CreateLogGroup'],
  writeLog: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  readStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  readTable: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
  listStreams: ['dynamodb:ListStreams'],
  decrypt: ['kms:Decrypt'],
  encryptData: ['kms:Decrypt', 'kms:GenerateDataKey'],
  encryptLog: [
    ...['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt'],
    ...['kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  ],
  listObjects: ['s3:ListBucket'],
  writeObject: ['s3:PutObject'],
  publish: ['sns:Publish'],
  publishEncrypted: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  manageNetworkInterfaces: NETWORK_INTERFACES,
  denyNetworkInterfaces: [...NETWORK_INTERFACES, 'ec2:DetachNetworkInterface'],
  writeTraces: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  administerKey: ['kms:*'],
  useKey: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
  grantToServices: ['kms:CreateGrant'],
} as const;

/** What a statement is meant to say. */
export interface Grant {
  /** ARNs of roles and accounts, and names of services. */
  readonly principals: readonly string[];
  /** Default: Allow. */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** What is asked about; a managed policy and the statements of the topology have none. */
  readonly on?: Target;
  /** What the statement may name. AWS makes up the ARNs of streams and keys: there it is all of them. */
  readonly resources: readonly string[];
  /** Exactly these. */
  readonly conditions: readonly Condition[];
  /** What a request meets besides, which does not make it another question. */
  readonly given?: readonly Condition[];
  /** What of the target is asked for: the end of its ARN. */
  readonly suffix?: string;
  /** The same in words. */
  readonly part?: string;
}

export function through(name: string, { region }: Place): Condition {
  const service = `${name}.${region}.amazonaws.com`;
  const ofChina = region.startsWith('cn-') ? [`${service}.cn`] : [];
  return condition('StringEquals', 'kms:ViaService', service, ...ofChina);
}

export function grant(
  on: Target | undefined,
  principals: readonly string[],
  actions: readonly string[],
  conditions: readonly Condition[] = [],
  more: Partial<Grant> = {},
): Grant {
  return { on, principals, actions, conditions, resources: [], ...more };
}

/** What the policies of a consumer's role are for. */
export function ofRole(consumer: ResolvedConsumer): Grant[] {
  const { account, role, sources } = consumer;
  const { account: whole } = partsOf(consumer);
  const { tracing, vpc } = makesFunction(consumer) ? consumer.function : {};
  const to = grantsOf(role);
  const functionArn = arns.function(account, consumer.function.name);
  const byCode = [condition('ArnEquals', 'lambda:SourceFunctionArn', functionArn)];
  // A topology may attach a policy for all actions; it is not meant.
  const managed = role.managedPolicyArns
    .flatMap((arn) => awsManagedActions(arn) ?? [])
    .filter((action) => action !== '*');
  return [
    ...sources.flatMap((table) => reading(table, role)),
    ...writing(consumer),
    to(whole, MEANT.listStreams, ['*'], byLambda(role)),
    ...(tracing === 'Active' ? [to(whole, MEANT.writeTraces, ['*'])] : []),
    ...(vpc
      ? [
          to(whole, MEANT.manageNetworkInterfaces, ['*']),
          to(undefined, MEANT.denyNetworkInterfaces, ['*'], byCode, { effect: 'Deny' }),
        ]
      : []),
    to(undefined, managed, ['*']),
    ...role.statements.map(({ actions, resources, conditions }) =>
      to(undefined, actions, resources, conditions),
    ),
  ];
}

/** What the policies of other teams' roles are for: the statements that the stack publishes for them. */
export function ofReaders({ source, streamPolicy: { readers } }: ResolvedProducer): Grant[] {
  return readers.flatMap((arn) => reading(source, { arn, pollerOnly: true }));
}

/** Reading a stream, and decrypting with the key of its table; the items too, where the code does. */
export function reading(table: TableReference, role: Role): Grant[] {
  const to = grantsOf(role);
  const items = arns.tableAndIndexes(table);
  const ofIndexes = { suffix: '/index/example', part: 'of indexes' };
  return [
    to(streamOf(table), MEANT.readStream, [`${arns.streams(table)}*`], byLambda(role)),
    ...(table.readTable
      ? [
          to(tableOf(table), MEANT.readTable, items),
          to(tableOf(table), ['dynamodb:Query'], items, [], ofIndexes),
        ]
      : []),
    ...keysOf(table).map((key) => {
      const conditions = [...(table.readTable ? [] : byLambda(role)), ...forTable(table, role)];
      return to(key, MEANT.decrypt, [key.arn], conditions, { given: [ofTable(table)] });
    }),
  ];
}

/** Log, failed batches and lake. */
function writing(consumer: ResolvedConsumer): Grant[] {
  const { account, role, sink } = consumer;
  const { log, failedBatches, lake } = partsOf(consumer);
  const to = grantsOf(role);
  const ofOwner = condition('StringEquals', 's3:ResourceAccount', account.id);
  const failed = [...byLambda(role), ofOwner];
  const write = (bucket: Target, prefix: string, conditions: readonly Condition[]) =>
    to(bucket, MEANT.writeObject, [`${bucket.arn}/${prefix}*`], conditions, {
      suffix: `/${prefix}example`,
      part: prefix && `under ${prefix}`,
    });
  return [
    ...(log
      ? [
          to(log, MEANT.writeLog, [`${log.arn}:*`], [], { suffix: ':log-stream:example' }),
          to(log, MEANT.createLog, [log.arn, `${log.arn}:*`]),
        ]
      : []),
    ...ofKey(consumer),
    write(failedBatches, 'aws/lambda/', failed),
    to(failedBatches, MEANT.listObjects, [failedBatches.arn], failed),
    ...(lake && sink.type === 's3' ? [write(lake, sink.prefix, [ofOwner])] : []),
  ];
}

type Role = Pick<ResolvedConsumer['role'], 'arn' | 'pollerOnly'>;

/** The requests of the function's code, which has the same role, have this key. */
export const byLambda = ({ pollerOnly }: Role): Condition[] =>
  pollerOnly ? [condition('Null', 'lambda:SourceFunctionArn', 'true')] : [];

const grantsOf =
  ({ arn }: Role) =>
  (
    on: Target | undefined,
    actions: readonly string[],
    resources: readonly string[],
    conditions?: readonly Condition[],
    more?: Pick<Grant, 'suffix' | 'part' | 'effect' | 'given'>,
  ) =>
    grant(on, [arn], actions, conditions, { resources, ...more });

/** What the role does with the key of what the consumer keeps; `part` is what is encrypted. */
function ofKey(consumer: ResolvedConsumer): Grant[] {
  const { account, role, function: lambda, sink } = consumer;
  const { key, failedBatches, lake } = partsOf(consumer);
  if (!key) return [];
  const use = (part: string, actions: readonly string[], ...conditions: Condition[]) =>
    grant(key, [role.arn], actions, conditions, { resources: [key.arn], part });
  const viaS3 = through('s3', account);
  const ofArn = (context: string, arn: string) => condition('StringEquals', CONTEXT + context, arn);
  const ofBucket = ({ arn }: Target) => ofArn('aws:s3:arn', arn);
  const ofFunction = ofArn('aws:lambda:FunctionArn', arns.function(account, lambda.name));
  return [
    ...(makesFunction(consumer)
      ? [
          use('for its environment', MEANT.decrypt, ...byLambda(role), ofFunction),
          use('for its log', MEANT.encryptData, through('logs', account), ofLog(consumer)),
        ]
      : []),
    use('for failed batches', MEANT.encryptData, ...byLambda(role), viaS3, ofBucket(failedBatches)),
    ...(lake && sink.type === 's3' && sink.managed
      ? [use('for changes', MEANT.encryptData, viaS3, ofBucket(lake))]
      : []),
  ];
}

const CONTEXT = 'kms:EncryptionContext:';

/** DynamoDB names the table to its key. */
const ofTable = ({ name }: TableReference) =>
  condition('StringEquals', `${CONTEXT}aws:dynamodb:tableName`, name);

function ofLog({ account, function: { name } }: ResolvedConsumer): Condition {
  const arn = arns.logGroup(account, names.logGroup(name));
  return condition('ArnEquals', `${CONTEXT}aws:logs:arn`, arn);
}

/** A key that a stack makes is granted among all keys of its account, so for this table only. */
function forTable(table: TableReference, { pollerOnly }: Role): Condition[] {
  const viaDynamodb = through('dynamodb', table.account);
  if (table.encryption !== 'customer-managed') return [viaDynamodb];
  const test = pollerOnly ? 'StringEquals' : 'StringEqualsIfExists';
  return [viaDynamodb, { ...ofTable(table), test }];
}

/** CloudWatch Logs, for the log group of the function. */
export function encryptingLog(consumer: ResolvedConsumer): Grant {
  const { region, partition } = consumer.account;
  const logs = `logs.${region}.${dnsSuffixOf(partition)}`;
  return grant(partsOf(consumer).key, [logs], MEANT.encryptLog, [ofLog(consumer)]);
}

/** What policies of resources say. */
export function inConsumer(consumer: ResolvedConsumer): Grant[] {
  const { account } = consumer;
  const { role, log, key, topic, topicKey } = partsOf(consumer);
  const root = [arns.root(account)];
  const alarms = ['cloudwatch.amazonaws.com'];
  const ofAccount = [condition('StringEquals', 'aws:SourceAccount', account.id)];
  return [
    ...(role ? [grant(role, ['lambda.amazonaws.com'], MEANT.assumeRole)] : []),
    ...(topic ? [grant(topic, alarms, MEANT.publish, ofAccount)] : []),
    ...(topicKey ? [grant(topicKey, alarms, MEANT.publishEncrypted, ofAccount)] : []),
    ...(topicKey ? [grant(topicKey, root, MEANT.administerKey)] : []),
    ...(key && !key.isOfOthers
      ? [...(log ? [encryptingLog(consumer)] : []), grant(key, root, MEANT.administerKey)]
      : []),
  ];
}

export function inProducer(producer: ResolvedProducer): Grant[] {
  const { account, table, source, streamPolicy, readers } = producer;
  return [
    ...(streamPolicy.managed ? [inStreamPolicy(producer)] : []),
    ...(table.type === 'created' ? [inTablePolicy(producer)] : []),
    ...keysOf(source).flatMap((key) => [
      toReaders(producer, key, readers, MEANT.decrypt, [through('dynamodb', account)]),
      grant(key, [arns.root(account)], MEANT.administerKey),
    ]),
  ];
}

export function inStreamPolicy(producer: ResolvedProducer): Grant {
  const { source, readers, streamPolicy } = producer;
  return toReaders(producer, streamOf(source), readers, MEANT.readStream, streamPolicy.conditions);
}

export function inTablePolicy(producer: ResolvedProducer): Grant {
  const { source, streamPolicy } = producer;
  const readers = producer.readers.filter(({ readTable }) => readTable);
  return toReaders(producer, tableOf(source), readers, MEANT.readTable, streamPolicy.conditions);
}

function toReaders(
  { streamPolicy: { principal } }: ResolvedProducer,
  on: Target,
  readers: readonly Reader[],
  actions: readonly string[],
  more: readonly Condition[],
): Grant {
  const isAccount = principal === 'account';
  const roles = readers.map(({ roleArn }) => roleArn);
  const principals = isAccount ? readers.map((reader) => arns.root(reader.account)) : roles;
  const only = isAccount ? [condition('ArnEquals', 'aws:PrincipalArn', ...roles)] : [];
  return grant(on, principals, actions, [...only, ...more]);
}

/** Refused to everybody, administrators as well. */
export function tlsOnly({ arn }: AccessTarget): Grant {
  const withoutTls = condition('Bool', 'aws:SecureTransport', 'false');
  const resources = [arn, `${arn}/*`];
  return grant(undefined, ['*'], ['s3:*'], [withoutTls], { effect: 'Deny', resources });
}
