import { streamCount, streamPolicies } from '../../policies/execution-role';
import { streamPolicySize } from '../../policies/stream-policy';
import { IAM, STREAM_POLICY } from '../limits';
import type { ResolvedTopology } from '../resolve';
import type { Report } from './declared';

/** AWS's limits on the policies that the entries of a sound topology make together. */
export function policySizes(topology: ResolvedTopology, report: Report): void {
  for (const producer of topology.producers) {
    const size = producer.readers.length > 0 ? streamPolicySize(producer) : 0;
    if (size > STREAM_POLICY.size) {
      const message = `must make a stream policy of at most ${STREAM_POLICY.size} bytes, got ${size}; shorten the conditions`;
      report(['producers', producer.name, 'streamPolicy'], message);
    }
  }
  for (const { name, role, sources } of topology.consumers) {
    const managed = Math.max(0, IAM.managedPoliciesPerRole - role.managedPolicyArns.length);
    const policies = streamPolicies(sources);
    if (policies.length > 1 + managed) {
      const fitting = streamCount(policies.slice(0, 1 + managed));
      const message = `must read at most ${fitting} streams, got ${sources.length}, since IAM limits the policies of a role; add a second consumer for the rest`;
      report(['consumers', name], message);
    }
  }
}
