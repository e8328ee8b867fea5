import { UserError } from '../../topology/problem';
import type { Finding } from '../model';
import type { PolicyDocument } from '../read/policy-document';
import type { Resource, Stacks } from '../read/resources';
import { awsManagedActions } from './aws-managed-policies';

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** A role that the stacks make, with everything that says what it may do. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly stackId: string;
  /** Inline policies, then attached ones. */
  readonly policies: readonly NamedPolicy[];
  /** How many managed policies are attached. */
  readonly attachments: number;
  readonly permissionsBoundary?: NamedPolicy;
}

/** What access is asked for, in the order of the report. */
const KINDS = [
  'stream',
  'table',
  'key',
  'function',
  'log group',
  'bucket',
  'topic',
  'role',
  'account',
] as const;
export type TargetKind = (typeof KINDS)[number];

/** Something that access is asked for. */
export interface AccessTarget {
  readonly kind: TargetKind;
  readonly arn: string;
  /** As people call it. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Empty for what is in no stack. */
  readonly stackId: string;
  /** ARN of the table of a stream, or of the table or topic that a key encrypts. */
  readonly ownerArn?: string;
  readonly policy?: PolicyDocument;
}

/** A target as the topology knows it: AWS makes up the ARNs of streams and keys, so their owner names them. */
export function inWords({ kind, arn, account, ownerArn }: AccessTarget): string {
  return ownerArn === undefined ? `${kind} ${arn} in ${account}` : `${kind} of ${ownerArn}`;
}

/** The policies of the stacks, and what they are about. */
export interface AccessModel {
  readonly roles: readonly Role[];
  readonly targets: readonly AccessTarget[];
  readonly notEvaluated: readonly NotEvaluated[];
}

/** A managed policy, or a permissions boundary, whose document the review does not know. */
export interface NotEvaluated {
  readonly policyArn: string;
  /** In words. */
  readonly what: string;
  readonly stack: string;
}

/** Types that are asked about as they are, with the attribute that people call them by. */
const TYPES: readonly [type: string, kind: TargetKind, name: string][] = [
  ['aws_dynamodb_table', 'table', 'name'],
  ['aws_kms_key', 'key', 'description'],
  ['aws_lambda_function', 'function', 'function_name'],
  ['aws_cloudwatch_log_group', 'log group', 'name'],
  ['aws_s3_bucket', 'bucket', 'bucket'],
  ['aws_sns_topic', 'topic', 'name'],
  ['aws_iam_role', 'role', 'name'],
];

/** Where the policies of targets are, with the ARN of the target. */
const POLICIES: readonly [type: string, policy: string, target: (each: Resource) => string][] = [
  ['aws_dynamodb_resource_policy', 'policy', (each) => each.text('resource_arn')],
  ['aws_kms_key', 'policy', (each) => each.text('arn')],
  [
    'aws_s3_bucket_policy',
    'policy',
    (each) => `arn:${each.stack.partition}:s3:::${each.text('bucket')}`,
  ],
  ['aws_sns_topic_policy', 'policy', (each) => each.text('arn')],
  ['aws_iam_role', 'assume_role_policy', (each) => each.text('arn')],
];

/** @throws UserError if a reference cannot be resolved, or two policies are for one resource */
export function readAccessModel(stacks: Stacks): AccessModel {
  const roles = stacks.resources('aws_iam_role').map((role) => readRole(role, stacks));
  return {
    roles: roles.map(({ role }) => role),
    targets: readTargets(stacks),
    notEvaluated: roles.flatMap(({ notEvaluated }) => notEvaluated),
  };
}

function readTargets(stacks: Stacks): AccessTarget[] {
  const policies = readPolicies(stacks);
  const owners = ownersOfKeys(stacks);
  const targets = [
    ...streams(stacks),
    ...TYPES.flatMap(([type, kind, name]) =>
      stacks.resources(type).map((resource): AccessTarget => {
        const arn = resource.text('arn');
        const label = resource.optional(name) ?? arn;
        return { kind, arn, name: label, ...placeOf(resource), ownerArn: owners.get(arn) };
      }),
    ),
  ].map((target) => ({ ...target, policy: policies.get(target.arn)?.document }));
  const known = new Set(targets.map(({ arn }) => arn));
  for (const [arn, { place }] of policies) {
    if (known.has(arn)) continue;
    throw new UserError(`${place} is the policy of ${arn}, which no stack has`);
  }
  return targets.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

function streams(stacks: Stacks): AccessTarget[] {
  const tables = [
    ...stacks.resources('aws_dynamodb_table').filter(({ block }) => block.stream_enabled),
    ...stacks.resources('data.aws_dynamodb_table'),
  ];
  return tables.map((table) => ({
    kind: 'stream',
    arn: table.text('stream_arn'),
    name: table.text('name'),
    ...placeOf(table),
    ownerArn: table.text('arn'),
  }));
}

/** ARNs of what keys encrypt, by the key: a table names the ARN of its key, a topic the ARN or the id. */
function ownersOfKeys(stacks: Stacks): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { type, attribute } of [
    { type: 'aws_dynamodb_table', attribute: 'server_side_encryption.0.kms_key_arn' },
    { type: 'aws_sns_topic', attribute: 'kms_master_key_id' },
  ]) {
    for (const resource of stacks.resources(type)) {
      const key = resource.optional(attribute);
      if (key === undefined) continue;
      const { partition, region, account } = resource.stack;
      const arn = key.includes(':') ? key : `arn:${partition}:kms:${region}:${account}:key/${key}`;
      owners.set(arn, resource.text('arn'));
    }
  }
  return owners;
}

function placeOf({ stack: { account, region, id } }: Resource) {
  return { account, region, stackId: id };
}

/** Policies of targets, by the ARN of the target. */
function readPolicies(stacks: Stacks) {
  const policies = new Map<string, { place: string; document: PolicyDocument }>();
  for (const [type, policy, target] of POLICIES) {
    for (const resource of stacks.resources(type)) {
      if (resource.block[policy] === undefined) continue;
      const arn = target(resource);
      const place = `${resource.stack.id} ${resource.address}`;
      const other = policies.get(arn);
      if (other) throw new UserError(`${other.place} and ${place} are both the policy of ${arn}`);
      policies.set(arn, { place, document: resource.document(policy) });
    }
  }
  return policies;
}

function readRole(role: Resource, stacks: Stacks): { role: Role; notEvaluated: NotEvaluated[] } {
  const { stack } = role;
  const name = role.text('name');
  const notEvaluated: NotEvaluated[] = [];
  const partsOf = (type: string) =>
    stacks
      .resources(type)
      .filter((part) => part.stack.account === stack.account && part.text('role') === name);
  const managed = (policyArn: string, what: string): NamedPolicy[] => {
    const document = managedPolicy(policyArn, stacks);
    if (document) return [{ name: policyArn.slice(policyArn.lastIndexOf('/') + 1), document }];
    const words = `${what} ${policyArn} of role ${name}`;
    notEvaluated.push({ policyArn, what: words, stack: stack.id });
    return [];
  };
  const inline = partsOf('aws_iam_role_policy').map((policy) => ({
    name: policy.optional('name') ?? policy.address,
    document: policy.document('policy'),
  }));
  const attached = partsOf('aws_iam_role_policy_attachment').map((attachment) =>
    managed(attachment.text('policy_arn'), 'the managed policy'),
  );
  const boundary = role.optional('permissions_boundary');
  const [permissionsBoundary] = boundary ? managed(boundary, 'the permissions boundary') : [];
  return {
    role: {
      arn: role.text('arn'),
      name,
      account: stack.account,
      stackId: stack.id,
      policies: [...inline, ...attached.flat()],
      attachments: attached.length,
      permissionsBoundary,
    },
    notEvaluated,
  };
}

function managedPolicy(arn: string, stacks: Stacks): PolicyDocument | undefined {
  const own = stacks.resources('aws_iam_policy').find((policy) => policy.text('arn') === arn);
  if (own) return own.document('policy');
  const Action = awsManagedActions(arn);
  return Action && { Statement: { Effect: 'Allow', Action, Resource: '*' } };
}

/** Something about access that must be explained before a deployment. */
export function finding(place: string, message: string): Finding {
  return { rule: 'access', stops: true, place, message };
}
