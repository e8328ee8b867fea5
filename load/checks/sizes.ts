import { environmentOf, environmentSize } from '../../packaging/environment';
import { networkPolicy, ownStatements, roomForStreams } from '../../policies/execution-role';
import { policyBytes, policySize } from '../../policies/statement';
import { streamPolicy, tablePolicy } from '../../policies/stream-policy';
import { streamCount, streamPolicies } from '../../policies/stream-reads';
import { ENVIRONMENT, IAM, STREAM_POLICY } from '../../topology/limits';
import type { Report } from '../../topology/problem';
import { makesFunction, type ResolvedTopology } from '../../topology/resolve';

export function sizes({ producers, consumers }: ResolvedTopology, report: Report): void {
  for (const producer of producers) {
    const policies = [
      ['stream policy', producer.streamPolicy.managed ? streamPolicy(producer) : []],
      ['table policy', producer.table.type === 'created' ? tablePolicy(producer) : []],
    ] as const;
    for (const [what, statements] of policies) {
      const size = policyBytes(statements);
      const message = `must make a ${what} of at most ${STREAM_POLICY.size} bytes, got ${size}; shorten the conditions`;
      if (size > STREAM_POLICY.size) report(['producers', producer.name, 'streamPolicy'], message);
    }
  }
  for (const consumer of consumers) {
    const { name, role, sources, encryption } = consumer;
    const policies = streamPolicies(sources, role, encryption, networkPolicy(consumer));
    // Ours has an inline policy as well; others attach managed ones.
    const inline = role.type === 'created' ? 1 : 0;
    const most = inline + roomForStreams(role);
    if (policies.length > most) {
      const fitting = streamCount(policies.slice(0, most));
      const orMore = makesFunction(consumer)
        ? `, or set role.managedPolicyQuota if the account has more than ${role.managedPolicyQuota}`
        : '';
      const message = `must read at most ${fitting} streams, got ${sources.length}, since IAM limits the policies of a role; add a second consumer for the rest${orMore}`;
      report(['consumers', name], message);
    }
    const own = policySize(ownStatements(role));
    if (own > IAM.managedPolicySize) {
      const message = `must make a policy of at most ${IAM.managedPolicySize} characters, got ${own}; leave out what the function does not call, or put some of it into a policy of yours in role.managedPolicyArns`;
      report(['consumers', name, 'role', 'statements'], message);
    }
    if (!makesFunction(consumer)) continue;
    const size = environmentSize(environmentOf(consumer));
    const message = `must be at most ${ENVIRONMENT.totalSize} bytes of names and values, those that the stack sets among them, got ${size}`;
    if (size > ENVIRONMENT.totalSize)
      report(['consumers', name, 'function', 'environment'], message);
  }
}
