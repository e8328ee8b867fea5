import { environmentSize } from '../../packaging/environment';
import {
  BUCKET_POLICY,
  ENVIRONMENT,
  IAM,
  KEY_POLICY,
  STREAM_POLICY,
  TRUST_POLICY,
} from '../../topology/limits';
import type { TargetKind } from '../access/model';
import type { Block } from '../read/stacks';
import type { Found, Rule, RuleInput } from './rule';

/** What counts towards a quota. Those that a topology is refused for at loading are left out. */
interface Quota {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  /** AWS's page. */
  readonly source: string;
  readonly measure: (input: RuleInput) => readonly Measure[];
}

interface Measure {
  readonly place: string;
  readonly used: number;
  /** Default: that of the quota. */
  readonly limit?: number;
}

/** Share of a quota from which a reviewer is to know. */
const NEAR = 0.8;

const QUOTAS: readonly Quota[] = [
  policyOf('stream', 'bytes', STREAM_POLICY),
  policyOf('key', 'bytes', KEY_POLICY),
  policyOf('bucket', 'bytes', BUCKET_POLICY),
  policyOf('role', 'characters', TRUST_POLICY),
  {
    name: 'managed policies of a role',
    unit: 'policies',
    limit: IAM.managedPoliciesPerRole.default,
    source: IAM.source,
    measure: ({ model, topology: { consumers } }) => {
      const limits = new Map(consumers.map(({ role }) => [role.arn, role.managedPolicyQuota]));
      return model.roles.map(({ stackId, name, arn, attachments }) => ({
        place: `${stackId} ${name}`,
        used: attachments,
        limit: limits.get(arn),
      }));
    },
  },
  {
    name: 'environment of a function',
    unit: 'bytes',
    limit: ENVIRONMENT.totalSize,
    source: ENVIRONMENT.source,
    measure: ({ pipeline: { functions } }) =>
      functions.map(({ name, resource: { stack, block } }) => ({
        place: `${stack.id} ${name}`,
        used: environmentSize(variablesOf(block)),
      })),
  },
];

/** Over a quota AWS refuses a deployment; near one, the next tenant or variable may. */
export const quotas: Rule = {
  name: 'quotas',
  check: (input) =>
    QUOTAS.flatMap((quota) => quota.measure(input).flatMap((each) => hit(quota, each))),
};

function hit(quota: Quota, { place, used, limit = quota.limit }: Measure): Found[] {
  if (used < limit * NEAR) return [];
  const message = `${quota.name}: ${used} of at most ${limit} ${quota.unit}; see ${quota.source}`;
  return [{ place, message, stops: used > limit }];
}

function policyOf(
  kind: TargetKind,
  unit: string,
  { size, source }: { readonly size: number; readonly source: string },
): Quota {
  return {
    name: kind === 'role' ? 'trust policy of a role' : `policy of a ${kind}`,
    unit,
    limit: size,
    source,
    measure: ({ model }) =>
      model.targets
        .filter((target) => target.kind === kind && target.policy !== undefined)
        .map(({ stackId, name, policy }) => ({
          place: `${stackId} ${name}`,
          used: Buffer.byteLength(JSON.stringify(policy)),
        })),
  };
}

function variablesOf({ environment }: Block): Block {
  const { variables } = (environment ?? {}) as { variables?: Block };
  return variables ?? {};
}
