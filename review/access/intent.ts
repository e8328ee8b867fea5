import {
  ASSUME_ROLE,
  CREATE_LOG,
  DECRYPT,
  LIST_OBJECTS,
  LIST_STREAMS,
  PUBLISH,
  READ_STREAM,
  WRITE_LOG,
  WRITE_OBJECT,
} from '../../policies/actions';
import type { Condition } from '../../policies/statement';
import type {
  Account,
  ResolvedConsumer,
  ResolvedTopology,
  TableReference,
} from '../../topology/resolve';
import { listOf } from '../lists';
import { awsManagedPolicy } from './aws-managed-policies';
import type { Kind, Protected } from './deployment';

/** What somebody is meant to be able to do; whatever is not granted is meant to be denied. */
interface Grant {
  /** ARN of a role, or the name of a service. */
  readonly principal: string;
  readonly actions: readonly string[];
  /** What for: see `subjectOf`; can end in a wildcard. */
  readonly subject: string;
  /** Lambda itself is meant, not the function's code, which has the same role. */
  readonly byLambdaOnly?: boolean;
}

/** Something that the topology says the stacks hold. */
interface Expected {
  readonly kind: Kind;
  readonly subject: string;
}

/** What a topology means to allow, and what it says there is. */
export class Intent {
  private readonly grants: readonly Grant[];
  private readonly actions = new Map<string, ReadonlySet<string>>();
  private readonly policyArns: ReadonlySet<string>;
  private readonly byAction = new Map<string, Grant[]>();
  private readonly functions: ReadonlyMap<string, string>;
  private readonly managedActions: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly conditions: ReadonlyMap<string, readonly Condition[]>;
  private readonly expected: readonly Expected[];
  /** ARNs of tables whose stream's policy belongs to others. */
  private readonly streamsOfOthers: ReadonlySet<string>;
  /** Keys that tables use and no stack makes. */
  readonly foreignKeys: readonly { readonly arn: string; readonly ownerArn: string }[];
  /** Buckets that functions write to and no stack makes, by the account of the function. */
  readonly foreignBuckets: readonly { readonly arn: string; readonly account: Account }[];

  constructor({ consumers, producers }: ResolvedTopology) {
    this.grants = consumers.flatMap(grantsOf);
    for (const grant of this.grants) {
      for (const action of grant.actions) {
        const key = `${grant.principal} ${action}`;
        this.byAction.set(key, [...(this.byAction.get(key) ?? []), grant]);
      }
    }
    this.functions = new Map(
      consumers.map((consumer) => [consumer.role.arn, functionArn(consumer)]),
    );
    this.policyArns = new Set(
      consumers.flatMap(({ role: { managedPolicyArns, permissionsBoundary } }) => [
        ...managedPolicyArns,
        ...(permissionsBoundary === undefined ? [] : [permissionsBoundary]),
      ]),
    );
    this.managedActions = new Map(
      consumers.map(({ role }) => [role.arn, actionsOf(role.managedPolicyArns)]),
    );
    this.conditions = new Map(
      producers.map(({ source, streamPolicy }) => [tableArn(source), streamPolicy.conditions]),
    );
    this.streamsOfOthers = new Set(
      producers
        .filter(({ streamPolicy }) => !streamPolicy.managed)
        .map(({ source }) => tableArn(source)),
    );
    this.expected = [
      ...consumers.flatMap(expectedOf),
      ...producers.flatMap(({ source }): Expected[] => [
        { kind: 'stream', subject: `stream of ${tableArn(source)}` },
        ...(source.encryption === 'customer-managed'
          ? [{ kind: 'key' as const, subject: `key of ${tableArn(source)}` }]
          : []),
      ]),
    ];
    this.foreignKeys = producers.flatMap(({ source }) =>
      typeof source.encryption === 'string'
        ? []
        : [{ arn: source.encryption.kmsKeyArn, ownerArn: tableArn(source) }],
    );
    this.foreignBuckets = consumers.flatMap(({ account, sink }) =>
      sink.type !== 's3' || sink.managed ? [] : [{ arn: bucketArn(account, sink.bucket), account }],
    );
  }

  /**
   * Whether a principal is meant to be allowed an action.
   *
   * @param target ARN of what is asked for, or `*`
   * @param notByLambda whether the request is one that only others than Lambda itself make
   */
  allows(
    principal: string,
    action: string,
    target: string,
    resource: Protected,
    notByLambda = false,
  ): boolean {
    // The managed policies that the topology attaches name no resource: they reach everything in the
    // role's own account, and elsewhere what other policies open.
    const isManaged = this.managedActions.get(principal)?.has(action) ?? false;
    const names = [target, subjectOf(resource)];
    const granted = this.grantsOn(principal, action)
      .filter(({ byLambdaOnly }) => isManaged || !(notByLambda && byLambdaOnly))
      .some(({ subject }) => names.some((name) => covers(subject, name)));
    const reached =
      principal.split(':')[4] === resource.account || resource.policyIsElsewhere === true;
    return granted || (reached && isManaged);
  }

  /** ARN of the function that has a role. */
  functionOf(role: string): string | undefined {
    return this.functions.get(role);
  }

  private grantsOn(principal: string, action: string): readonly Grant[] {
    return this.byAction.get(`${principal} ${action}`) ?? [];
  }

  /** Actions that a principal is meant to have on something. */
  actionsOf(principal: string): ReadonlySet<string> {
    const known = this.actions.get(principal);
    if (known) return known;
    const granted = this.grants.filter((grant) => grant.principal === principal);
    const actions = new Set([
      ...granted.flatMap((grant) => grant.actions),
      ...(this.managedActions.get(principal) ?? []),
    ]);
    this.actions.set(principal, actions);
    return actions;
  }

  /**
   * Whether a role is meant to have an action on all that a pattern in its policies can match. The ARN of a
   * stream or of a key that a stack makes is not known when the role is made: there it is all streams of the
   * table, and all keys of its account, which the conditions of the statement and the key's policy narrow.
   */
  allowsOn(role: string, action: string, pattern: string): boolean {
    if (this.managedActions.get(role)?.has(action)) return true;
    return this.grantsOn(role, action).some(({ subject }) => covers(reachOf(subject), pattern));
  }

  /** Whether the topology itself names a policy. */
  names(policyArn: string): boolean {
    return this.policyArns.has(policyArn);
  }

  /** Who is meant to be able to do something with a resource, or with a part of it. */
  principalsOf(resource: Protected): Set<string> {
    const name = subjectOf(resource);
    return new Set(
      this.grants
        .filter(({ subject }) => covers(subject, name) || /^[:/]/.test(partOf(subject, name)))
        .map(({ principal }) => principal),
    );
  }

  /** Conditions that the topology adds to the policy of a table's stream. */
  conditionsOf(table: string | undefined): readonly Condition[] {
    return this.conditions.get(table ?? '') ?? [];
  }

  /** Whether the policy of a stream belongs to others, so that no stack has it. */
  leavesToOthers({ kind, ownerArn = '' }: Protected): boolean {
    return kind === 'stream' && this.streamsOfOthers.has(ownerArn);
  }

  /** Keys of objects that somebody is granted something on, as examples. */
  objectKeys(arn: string): string[] {
    return [
      ...new Set(
        this.grants
          .filter(({ subject }) => subject.startsWith(`${arn}/`))
          .map(({ subject }) => subject.slice(arn.length + 1).replace(/\*$/, 'example')),
      ),
    ];
  }

  /** What the topology says there is and the stacks do not hold. */
  missingFrom(resources: readonly Protected[]): string[] {
    const found = new Set(resources.map((resource) => `${resource.kind} ${subjectOf(resource)}`));
    return this.expected
      .filter(({ kind, subject }) => !found.has(`${kind} ${subject}`))
      .map(({ kind, subject }) => (subject.startsWith(kind) ? subject : `${kind} ${subject}`));
  }
}

/** A resource as the topology knows it. AWS makes up the ARNs of streams and keys: their owner names them. */
function subjectOf({ kind, arn, ownerArn, policyIsElsewhere }: Protected): string {
  const named = kind === 'stream' || (kind === 'key' && !policyIsElsewhere);
  return ownerArn !== undefined && named ? `${kind} of ${ownerArn}` : arn;
}

function covers(subject: string, name: string): boolean {
  if (subject === name) return true;
  return subject !== NO_RESOURCE && subject.endsWith('*') && name.startsWith(subject.slice(0, -1));
}

const STREAM_OF = 'stream of ';
const KEY_OF = 'key of ';

/** What a role's policy may name for a subject: the streams of a table, the keys of a table's account. */
function reachOf(subject: string): string {
  if (subject.startsWith(STREAM_OF)) return `${subject.slice(STREAM_OF.length)}/stream/*`;
  if (!subject.startsWith(KEY_OF)) return subject;
  const [arn, partition, , region, account] = subject.slice(KEY_OF.length).split(':');
  return [arn, partition, 'kms', region, account, 'key/*'].join(':');
}

/** What a subject adds to the name of a resource, such as `/*` for the objects of a bucket. */
function partOf(subject: string, name: string): string {
  return subject.startsWith(name) ? subject.slice(name.length) : '';
}

/** What a consumer's role is for, and who else may do something in its stack. */
function grantsOf(consumer: ResolvedConsumer): Grant[] {
  const { account, role, function: lambda, sources, sink, failedBatches } = consumer;
  const ofRole = (actions: readonly string[], subject: string): Grant => ({
    principal: role.arn,
    actions,
    subject,
  });
  const ofLambda = (actions: readonly string[], subject: string): Grant => ({
    ...ofRole(actions, subject),
    byLambdaOnly: role.pollerOnly,
  });
  const failed = bucketArn(account, failedBatches.bucket);
  const log = logGroupArn(account, lambda.name);
  return [
    { principal: 'lambda.amazonaws.com', actions: ASSUME_ROLE, subject: role.arn },
    ofRole(CREATE_LOG, log),
    ofRole(CREATE_LOG, `${log}:*`),
    ofRole(WRITE_LOG, `${log}:*`),
    ...sources.flatMap((table) => [
      ofLambda(READ_STREAM, `stream of ${tableArn(table)}`),
      ...keysOf(table).map((key) => ofLambda(DECRYPT, key)),
    ]),
    ofLambda(LIST_STREAMS, NO_RESOURCE),
    ofLambda(LIST_OBJECTS, failed),
    ofLambda(WRITE_OBJECT, `${failed}/aws/lambda/*`),
    ...(sink.type === 's3'
      ? [ofRole(WRITE_OBJECT, `${bucketArn(account, sink.bucket)}/${sink.prefix}*`)]
      : []),
    ...alarmGrants(consumer),
  ];
}

/** CloudWatch sends alarms to the topic that the stack makes, through its key. */
function alarmGrants(consumer: ResolvedConsumer): Grant[] {
  const topic = alarmTopicArn(consumer);
  if (topic === undefined) return [];
  const principal = 'cloudwatch.amazonaws.com';
  return [
    { principal, actions: PUBLISH, subject: topic },
    { principal, actions: USE_TOPIC_KEY, subject: `key of ${topic}` },
  ];
}

/** The last is how CloudWatch's page, and so the policy, writes the second. */
const USE_TOPIC_KEY = ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKey*'];

function alarmTopicArn({
  account,
  alarms,
  function: { name },
}: ResolvedConsumer): string | undefined {
  if (!alarms || alarms.topicArn !== undefined) return undefined;
  return `arn:${account.partition}:sns:${account.region}:${account.id}:${name}-alarms`;
}

/** Subject of the actions that take no resource: `*` itself, which is not a wildcard here. */
const NO_RESOURCE = '*';

function keysOf({ encryption, ...table }: TableReference): string[] {
  if (encryption === 'aws-owned') return [];
  return [encryption === 'customer-managed' ? `key of ${tableArn(table)}` : encryption.kmsKeyArn];
}

function expectedOf(consumer: ResolvedConsumer): Expected[] {
  const { account, role, function: lambda, sink, failedBatches } = consumer;
  const topic = alarmTopicArn(consumer);
  return [
    { kind: 'role', subject: role.arn },
    { kind: 'function', subject: functionArn(consumer) },
    { kind: 'log group', subject: logGroupArn(account, lambda.name) },
    { kind: 'bucket', subject: bucketArn(account, failedBatches.bucket) },
    ...(sink.type === 's3' && sink.managed
      ? [{ kind: 'bucket' as const, subject: bucketArn(account, sink.bucket) }]
      : []),
    ...(topic === undefined
      ? []
      : [
          { kind: 'topic' as const, subject: topic },
          { kind: 'key' as const, subject: `key of ${topic}` },
        ]),
  ];
}

function bucketArn({ partition }: Account, name: string): string {
  return `arn:${partition}:s3:::${name}`;
}

function functionArn({
  account: { partition, region, id },
  function: { name },
}: ResolvedConsumer): string {
  return `arn:${partition}:lambda:${region}:${id}:function:${name}`;
}

function tableArn({
  account: { partition, region, id },
  name,
}: Pick<TableReference, 'account' | 'name'>): string {
  return `arn:${partition}:dynamodb:${region}:${id}:table/${name}`;
}

function logGroupArn(
  { partition, region, id }: ResolvedConsumer['account'],
  functionName: string,
): string {
  return `arn:${partition}:logs:${region}:${id}:log-group:/aws/lambda/${functionName}`;
}

function actionsOf(managedPolicyArns: readonly string[]): Set<string> {
  return new Set(
    managedPolicyArns
      .flatMap((arn) => awsManagedPolicy(arn)?.Statement ?? [])
      .flatMap(({ Action }) => listOf(Action)),
  );
}
