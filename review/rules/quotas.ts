import { environmentSize } from '../../packaging/environment';
import {
  BUCKET_POLICY,
  ENVIRONMENT,
  IAM,
  KEY_POLICY,
  STREAM_POLICY,
  TRUST_POLICY,
} from '../../topology/limits';
import type { Rule } from './rule';

/** Share of a quota from which a reviewer is to know. */
const NEAR = 0.8;

/** Policies by what they are of. Quotas that a topology is refused for at loading are left out. */
const POLICIES = new Map([
  ['stream', { name: 'policy of a stream', unit: 'bytes', ...STREAM_POLICY }],
  ['table', { name: 'policy of a table', unit: 'bytes', ...STREAM_POLICY }],
  ['key', { name: 'policy of a key', unit: 'bytes', ...KEY_POLICY }],
  ['bucket', { name: 'policy of a bucket', unit: 'bytes', ...BUCKET_POLICY }],
  ['role', { name: 'trust policy of a role', unit: 'characters', ...TRUST_POLICY }],
]);

const OF_ROLE = { name: 'managed policies of a role', unit: 'policies', source: IAM.source };
const OF_FUNCTION = {
  name: 'environment of a function',
  unit: 'bytes',
  size: ENVIRONMENT.totalSize,
  source: ENVIRONMENT.source,
};

/** Over a quota AWS refuses a deployment; near one, the next tenant or variable may. */
export const quotas: Rule = ({ stacks, model, topology: { consumers } }) => {
  const ofPolicies = model.targets.flatMap(({ kind, policy, stackId, name }) => {
    const quota = POLICIES.get(kind);
    const used = Buffer.byteLength(JSON.stringify(policy ?? ''));
    return quota ? [{ place: `${stackId} ${name}`, used, ...quota }] : [];
  });
  const ofRoles = model.roles.map(({ stackId, name, arn, attachments: used }) => {
    const own = consumers.find(({ role }) => role.arn === arn)?.role.managedPolicyQuota;
    const size = own ?? IAM.managedPoliciesPerRole.default;
    return { ...OF_ROLE, place: `${stackId} ${name}`, used, size };
  });
  const ofFunctions = stacks.resources('aws_lambda_function').map((resource) => ({
    ...OF_FUNCTION,
    place: `${resource.stack.id} ${resource.text('function_name')}`,
    used: environmentSize(resource.block.environment?.variables ?? {}),
  }));
  return [...ofPolicies, ...ofRoles, ...ofFunctions]
    .filter(({ used, size }) => used >= size * NEAR)
    .map(({ place, name, used, size, unit, source }) => ({
      place,
      stops: used > size,
      message: `${name}: ${used} of at most ${size} ${unit}; see ${source}`,
    }));
};
