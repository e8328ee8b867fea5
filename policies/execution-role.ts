import { IAM } from '../topology/limits';
import type { TableReference } from '../topology/resolve';
import { ASSUME_ROLE, LIST_STREAMS, READ_STREAM, WRITE_LOG } from './actions';
import { policySize, type Statement } from './statement';

/** Lambda may assume the role. */
export function trustPolicy(): Statement[] {
  return [
    {
      sid: 'AllowLambda',
      principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
      actions: ASSUME_ROLE,
    },
  ];
}

/**
 * What the function needs whatever it reads: its log, and the list of streams.
 *
 * @param logGroupArn ARN of the function's log group, without `:*`
 */
export function functionPolicy(logGroupArn: string): Statement[] {
  return [
    { sid: 'WriteLog', actions: WRITE_LOG, resources: [`${logGroupArn}:*`] },
    { sid: 'ListStreams', actions: LIST_STREAMS, resources: ['*'] },
  ];
}

/** Characters of the role's inline policies that are left to `functionPolicy`. */
const FUNCTION_POLICY_SIZE = 2_048;

/**
 * Read access to the streams of these tables, in as many policies as IAM's size quotas ask for: the
 * first is to be an inline policy of the role, the others managed policies. Each is filled in the
 * order of the tables before the next begins, so a table at the end of the file changes the last one.
 *
 * A stream's ARN is not known before the producer's stack is deployed, which happens after this one:
 * the resource is any stream of the table, `table/<name>/stream/*`.
 */
export function streamPolicies(tables: readonly TableReference[]): Statement[][] {
  const frame = policySize([readStreams(['', ''])]);
  const groups: string[][] = [];
  let room = 0;
  for (const arn of new Set(tables.map(streamsOf))) {
    const size = arn.length + '"",'.length;
    if (size > room) {
      room =
        groups.length === 0 ? IAM.inlinePoliciesSize - FUNCTION_POLICY_SIZE : IAM.managedPolicySize;
      room -= frame;
      groups.push([]);
    }
    groups.at(-1)?.push(arn);
    room -= size;
  }
  return groups.map((group) => [readStreams(group)]);
}

function readStreams(resources: string[]): Statement {
  return { sid: 'ReadStreams', actions: READ_STREAM, resources };
}

function streamsOf({ account: { partition, region, id }, name }: TableReference): string {
  return `arn:${partition}:dynamodb:${region}:${id}:table/${name}/stream/*`;
}
