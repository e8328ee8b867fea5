import { arns } from '../topology/arns';
import type { ResolvedConsumer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { ofBucketOwner } from './resource-policies';
import { condition, type Statement } from './statement';
import { listStreams, notFromCode, streamPolicies } from './stream-reads';

export const TRUST_POLICY: readonly Statement[] = [
  {
    sid: 'AllowLambda',
    principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
    actions: ACTIONS.assumeRole,
  },
];

type Role = ResolvedConsumer['role'];

/**
 * What the function needs, whatever it reads.
 *
 * @param arns of its log group, without `:*`, if that is the stack's, and of the bucket of its failed batches
 * @param ofSink what its sink needs, and its key
 */
export function functionPolicy(
  { account, role, function: lambda }: Pick<ResolvedConsumer, 'account' | 'role' | 'function'>,
  { logGroupArn, failedBatchesArn }: { logGroupArn?: string; failedBatchesArn: string },
  ofSink: readonly Statement[],
): Statement[] {
  const traces = lambda.type === 'created' && lambda.tracing === 'Active';
  const failed = { condition: [...notFromCode(role), ofBucketOwner(account.id)] };
  const batches = `${failedBatchesArn}/aws/lambda/*`;
  const { listObjects, writeObject, writeTraces } = ACTIONS;
  return [
    ...(logGroupArn === undefined ? [] : writingLog(logGroupArn)),
    { sid: 'ListFailedBatches', actions: listObjects, resources: [failedBatchesArn], ...failed },
    { sid: 'SendFailedBatches', actions: writeObject, resources: [batches], ...failed },
    ...ofSink,
    ...(traces ? [{ sid: 'WriteTraces', actions: writeTraces, resources: ['*'] }] : []),
    listStreams(role),
  ];
}

function writingLog(groupArn: string): Statement[] {
  const streams = `${groupArn}:*`;
  return [
    // AWS's pages name the group both ways for this action.
    { sid: 'CreateLog', actions: ACTIONS.createLog, resources: [groupArn, streams] },
    { sid: 'WriteLog', actions: ACTIONS.writeLog, resources: [streams] },
  ];
}

/**
 * Lambda connects the function to its VPC with the role; the code, which has the same role, is denied that.
 * Empty for a function without a VPC.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
 */
export function networkPolicy({
  account,
  function: lambda,
}: Pick<ResolvedConsumer, 'account' | 'function'>): Statement[] {
  if (lambda.type === 'existing' || !lambda.vpc) return [];
  const { manageNetworkInterfaces, denyNetworkInterfaces } = ACTIONS;
  const arn = arns.function(account, lambda.name);
  const byCode = condition('ArnEquals', 'lambda:SourceFunctionArn', arn);
  return [
    { sid: 'ManageNetworkInterfaces', actions: manageNetworkInterfaces, resources: ['*'] },
    {
      sid: 'DenyNetworkInterfacesToCode',
      effect: 'Deny',
      actions: denyNetworkInterfaces,
      resources: ['*'],
      condition: [byCode],
    },
  ];
}

/** What the code of the function calls itself, as the topology has it. */
export function ownStatements({ statements }: Pick<Role, 'statements'>): Statement[] {
  return statements.map(({ conditions, ...statement }) => ({
    ...statement,
    condition: conditions,
  }));
}

/** Managed policies that a role may have besides those of the topology: the one of `ownStatements` is one of them. */
export function roomForStreams({
  managedPolicyQuota,
  managedPolicyArns,
  statements,
}: Pick<Role, 'managedPolicyQuota' | 'managedPolicyArns' | 'statements'>): number {
  return managedPolicyQuota - managedPolicyArns.length - Math.min(statements.length, 1);
}

/** What the owner of a role gives it: documents that each fit into a managed policy, nearly always one. */
export function policiesForOwner(
  ofFunction: readonly Statement[],
  consumer: Pick<ResolvedConsumer, 'sources' | 'role' | 'encryption' | 'account' | 'function'>,
): [Statement[], ...Statement[][]] {
  const { sources, role, encryption } = consumer;
  const network = networkPolicy(consumer);
  const [first = [], ...others] = streamPolicies(sources, role, encryption, network);
  return [[...ofFunction, ...network, ...first], ...others];
}
