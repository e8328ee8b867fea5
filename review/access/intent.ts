import type { Condition } from '../../policies/statement';
import { arns } from '../../topology/arns';
import { names } from '../../topology/names';
import type {
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedTopology,
  TableReference,
} from '../../topology/resolve';
import { unique } from '../lists';
import { awsManagedActions } from './aws-managed-policies';
import { accountOf } from './evaluate';
import type { AccessTarget } from './model';

/**
 * Actions that are meant. They are written here a second time, apart from the policies: a policy that grants
 * more than these is found, whoever widened it.
 */
export const MEANT = {
  assumeRole: ['sts:AssumeRole'],
  createLog: ['logs:CreateLogGroup'],
  writeLog: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  readStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  listStreams: ['dynamodb:ListStreams'],
  decrypt: ['kms:Decrypt'],
  listObjects: ['s3:ListBucket'],
  writeObject: ['s3:PutObject'],
  publish: ['sns:Publish'],
  publishEncrypted: ['kms:Decrypt', 'kms:GenerateDataKey*'],
  administerKey: ['kms:*'],
} as const;

/** What somebody is meant to be able to do; whatever is not granted is meant to be denied. */
interface Grant {
  /** ARN of a role, or the name of a service. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly on: Subject;
  /** Lambda itself is meant, not the function's code, which has the same role. */
  readonly byLambdaOnly?: boolean;
}

/** What a grant is for. */
interface Subject {
  /** ARN, which can end in a wildcard; or whose stream or key it is, since AWS makes up their ARNs. */
  readonly name: string;
  /** What a role's policy may name for it. */
  readonly reach: string;
}

/** What the actions that take no resource are for: `*` itself, which is not a wildcard here. */
const NO_RESOURCE = '*';

/** What a topology means to allow, and what it says there is. */
export class Intent {
  private readonly grants: readonly Grant[];
  /** The same by principal and action. */
  private readonly granted = new Map<string, Map<string, Grant[]>>();
  private readonly consumers: ReadonlyMap<string, ResolvedConsumer>;
  private readonly producers: ReadonlyMap<string, ResolvedProducer>;
  /** What the topology says there is, in words. */
  private readonly expected: ReadonlySet<string>;

  constructor({ consumers, producers }: ResolvedTopology) {
    this.grants = consumers.flatMap(grantsOf);
    for (const grant of this.grants) {
      const actions = this.granted.get(grant.principal) ?? new Map<string, Grant[]>();
      this.granted.set(grant.principal, actions);
      for (const action of grant.actions) {
        const grants = actions.get(action) ?? [];
        grants.push(grant);
        actions.set(action, grants);
      }
    }
    this.consumers = new Map(consumers.map((consumer) => [consumer.role.arn, consumer]));
    this.producers = new Map(producers.map((producer) => [arns.table(producer.source), producer]));
    this.expected = new Set([
      ...consumers.flatMap(expectedOf),
      ...producers.flatMap(expectedOfProducer),
    ]);
  }

  /**
   * Whether a principal is meant to be allowed an action.
   *
   * @param arn ARN of what is asked for, or `*`
   * @param notByLambda whether the request is one that only others than Lambda itself make
   */
  allows(
    principal: string,
    action: string,
    arn: string,
    target: AccessTarget,
    notByLambda = false,
  ): boolean {
    // The managed policies that the topology attaches name no resource: they reach everything in the
    // role's own account, and elsewhere what other policies open.
    const isManaged = this.managedActions(principal).includes(action);
    const asked = [arn, nameOf(target)];
    const granted = (this.granted.get(principal)?.get(action) ?? [])
      .filter(({ byLambdaOnly }) => isManaged || !(notByLambda && byLambdaOnly))
      .some(({ on }) => asked.some((name) => covers(on.name, name)));
    const isReached = accountOf(principal) === target.account || target.policyIsElsewhere === true;
    return granted || (isReached && isManaged);
  }

  /**
   * Whether a role is meant to have an action on all that a pattern in its policies can match. The ARN of a
   * stream or of a key that a stack makes is not known when the role is made: there it is all streams of the
   * table, and all keys of its account, which the conditions of the statement and the key's policy narrow.
   */
  allowsOn(role: string, action: string, pattern: string): boolean {
    if (this.managedActions(role).includes(action)) return true;
    const grants = this.granted.get(role)?.get(action) ?? [];
    return grants.some(({ on }) => covers(on.reach, pattern));
  }

  /** Actions that a principal is meant to have on something. */
  actionsOf(principal: string): readonly string[] {
    return [...(this.granted.get(principal)?.keys() ?? []), ...this.managedActions(principal)];
  }

  /** Who is meant to be able to do something with a target, or with a part of it. */
  principalsOf(target: AccessTarget): Set<string> {
    const name = nameOf(target);
    const isPart = (part: string) => part.startsWith(name) && /^[:/]/.test(part.slice(name.length));
    return new Set(
      this.grants
        .filter(({ on }) => covers(on.name, name) || isPart(on.name))
        .map(({ principal }) => principal),
    );
  }

  /** Keys of objects that somebody is granted something on, as examples. */
  objectKeys(bucketArn: string): string[] {
    const granted = this.grants.map(({ on }) => on.name);
    return unique(granted.filter((name) => name.startsWith(`${bucketArn}/`))).map((name) =>
      name.slice(bucketArn.length + 1).replace(/\*$/, 'example'),
    );
  }

  /** ARN of the function that has a role. */
  functionOf(role: string): string | undefined {
    const consumer = this.consumers.get(role);
    return consumer && arns.function(consumer.account, consumer.function.name);
  }

  /** Conditions that the topology adds to the policy of a stream. */
  conditionsOf({ kind, ownerArn = '' }: AccessTarget): readonly Condition[] {
    if (kind !== 'stream') return [];
    return this.producers.get(ownerArn)?.streamPolicy.conditions ?? [];
  }

  /** Whether the policy of a stream belongs to others, so that no stack has it. */
  leavesToOthers({ kind, ownerArn = '' }: AccessTarget): boolean {
    return kind === 'stream' && this.producers.get(ownerArn)?.streamPolicy.managed === false;
  }

  /** Whether the topology itself names a policy. */
  namesPolicy(arn: string): boolean {
    return [...this.consumers.values()].some(
      ({ role }) => role.managedPolicyArns.includes(arn) || role.permissionsBoundary === arn,
    );
  }

  /** Whether the topology says that there is a target. */
  expects(target: AccessTarget): boolean {
    return this.expected.has(inWords(target));
  }

  /** What the topology says there is and the stacks do not hold. */
  missingFrom(targets: readonly AccessTarget[]): string[] {
    const found = new Set(targets.map(inWords));
    return [...this.expected].filter((words) => !found.has(words));
  }

  private managedActions(role: string): readonly string[] {
    const arns = this.consumers.get(role)?.role.managedPolicyArns ?? [];
    // A topology may attach a policy for all actions; it is not meant.
    return arns.flatMap((arn) => awsManagedActions(arn) ?? []).filter((action) => action !== '*');
  }
}

/** A target as the topology knows it: AWS makes up the ARNs of streams and keys, so their owner names them. */
function nameOf({ kind, arn, ownerArn, policyIsElsewhere }: AccessTarget): string {
  const isNamedByOwner = kind === 'stream' || (kind === 'key' && !policyIsElsewhere);
  return ownerArn !== undefined && isNamedByOwner ? `${kind} of ${ownerArn}` : arn;
}

/** Such as `role <ARN>` or `stream of <ARN of a table>`. */
function inWords(target: AccessTarget): string {
  const name = nameOf(target);
  return name === target.arn ? `${target.kind} ${name}` : name;
}

function covers(subject: string, name: string): boolean {
  if (subject === name) return true;
  return subject !== NO_RESOURCE && subject.endsWith('*') && name.startsWith(subject.slice(0, -1));
}

const named = (arn: string): Subject => ({ name: arn, reach: arn });

function streamOf(table: TableReference): Subject {
  return { name: `stream of ${arns.table(table)}`, reach: `${arns.streams(table)}*` };
}

function keyOf(table: TableReference): Subject {
  return { name: `key of ${arns.table(table)}`, reach: arns.keys(table.account) };
}

/** What there is of a consumer besides its role. */
function partsOf({ account, function: { name }, sink, failedBatches, alarms }: ResolvedConsumer) {
  return {
    function: arns.function(account, name),
    log: arns.logGroup(account, names.logGroup(name)),
    failedBatches: arns.bucket(account, failedBatches.bucket),
    lake: sink.type === 's3' ? arns.bucket(account, sink.bucket) : undefined,
    topic:
      alarms && alarms.topicArn === undefined ? arns.topic(account, names.topic(name)) : undefined,
  };
}

/** What a consumer's role is for, and who else may do something in its stack. */
function grantsOf(consumer: ResolvedConsumer): Grant[] {
  const { role, sources, sink } = consumer;
  const { log, failedBatches, lake, topic } = partsOf(consumer);
  const toRole = (actions: readonly string[], on: Subject): Grant => ({
    principal: role.arn,
    actions,
    on,
  });
  const toLambda = (actions: readonly string[], on: Subject): Grant => ({
    ...toRole(actions, on),
    byLambdaOnly: role.pollerOnly,
  });
  const grants = [
    { principal: 'lambda.amazonaws.com', actions: MEANT.assumeRole, on: named(role.arn) },
    toRole(MEANT.createLog, named(log)),
    toRole([...MEANT.createLog, ...MEANT.writeLog], named(`${log}:*`)),
    ...sources.flatMap((table) => [
      toLambda(MEANT.readStream, streamOf(table)),
      ...keysOf(table).map((key) => toLambda(MEANT.decrypt, key)),
    ]),
    toLambda(MEANT.listStreams, named(NO_RESOURCE)),
    toLambda(MEANT.listObjects, named(failedBatches)),
    toLambda(MEANT.writeObject, named(`${failedBatches}/aws/lambda/*`)),
  ];
  if (sink.type === 's3') grants.push(toRole(MEANT.writeObject, named(`${lake}/${sink.prefix}*`)));
  if (topic === undefined) return grants;
  const principal = 'cloudwatch.amazonaws.com';
  // The pattern, and what is asked of what it stands for.
  const actions = [...MEANT.publishEncrypted, 'kms:GenerateDataKey'];
  return [
    ...grants,
    { principal, actions: MEANT.publish, on: named(topic) },
    { principal, actions, on: named(`key of ${topic}`) },
  ];
}

function keysOf(table: TableReference): Subject[] {
  const { encryption } = table;
  if (encryption === 'aws-owned') return [];
  return [encryption === 'customer-managed' ? keyOf(table) : named(encryption.kmsKeyArn)];
}

function expectedOf(consumer: ResolvedConsumer): string[] {
  const { role, sink } = consumer;
  const { function: lambda, log, failedBatches, lake, topic } = partsOf(consumer);
  return [
    `role ${role.arn}`,
    `function ${lambda}`,
    `log group ${log}`,
    `bucket ${failedBatches}`,
    ...(sink.type === 's3' && sink.managed ? [`bucket ${lake}`] : []),
    ...(topic === undefined ? [] : [`topic ${topic}`, `key of ${topic}`]),
  ];
}

function expectedOfProducer({ table, source }: ResolvedProducer): string[] {
  return [
    streamOf(source).name,
    ...(table.type === 'created' ? [`table ${arns.table(source)}`] : []),
    ...(source.encryption === 'customer-managed' ? [keyOf(source).name] : []),
  ];
}
