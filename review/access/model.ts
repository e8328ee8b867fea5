import { roleName } from '../../topology/arns';
import { UserError } from '../../topology/problem';
import { listOf } from '../lists';
import type { PolicyDocument } from '../read/policy-document';
import type { Resource, Stacks } from '../read/resources';
import type { Stack } from '../read/stacks';
import { awsManagedActions } from './aws-managed-policies';
import type { Policy } from './evaluate';
import { readStatements } from './statements';

/** Somebody who asks. */
export interface Asker {
  /** ARN, or the name of a service. */
  readonly arn: string;
  readonly label: string;
  /** Undefined for a service. */
  readonly account?: string;
  /** Inline policies, then attached ones. A service has none. */
  readonly policies: readonly Policy[];
  readonly permissionsBoundary?: Policy;
}

/** What access is asked for. */
export type TargetKind =
  | 'stream'
  | 'table'
  | 'key'
  | 'function'
  | 'log group'
  | 'bucket'
  | 'topic'
  | 'role'
  | 'account'
  | 'resource';

export interface AccessTarget {
  readonly kind: TargetKind;
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Empty for what is in no stack. */
  readonly stackId: string;
  /** ARN of the table of a stream, or of the table, topic or bucket that a key encrypts. */
  readonly ownerArn?: string;
  readonly policy?: PolicyDocument;
}

/** A target as the topology knows it: AWS makes up the ARNs of streams and keys, so their owner names them. */
export function inWords({ kind, arn, account, ownerArn }: AccessTarget): string {
  return ownerArn === undefined ? `${kind} ${arn} in ${account}` : `${kind} of ${ownerArn}`;
}

/** The policies of the stacks, and what they are about. */
export type AccessModel = ReturnType<typeof readAccessModel>;

/** Types that are asked about, with the attribute that people call them by, in the order of the report. */
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
const POLICIES: readonly [type: string, policy: string, target: string][] = [
  ['aws_dynamodb_resource_policy', 'policy', 'resource_arn'],
  ['aws_kms_key', 'policy', 'arn'],
  ['aws_s3_bucket_policy', 'policy', 'bucket_arn'],
  ['aws_sns_topic_policy', 'policy', 'arn'],
  ['aws_iam_role', 'assume_role_policy', 'arn'],
];

/** What keys encrypt, with the attribute that has the ARN or the id of the key. */
const ENCRYPTED = [
  ['aws_dynamodb_table', 'server_side_encryption.0.kms_key_arn'],
  ['aws_sns_topic', 'kms_master_key_id'],
  [
    'aws_s3_bucket_server_side_encryption_configuration',
    'rule.0.apply_server_side_encryption_by_default.kms_master_key_id',
  ],
] as const;

/** @throws UserError if a reference cannot be resolved, or two policies are for one resource */
export function readAccessModel(stacks: Stacks) {
  const roles = [
    ...stacks.resources('aws_iam_role').map((role) => readRole(role, stacks)),
    ...stacks.all.flatMap((stack) => roleOfOthers(stack, stacks)),
  ];
  return {
    roles,
    targets: readTargets(stacks),
    /** Managed policies and permissions boundaries whose documents the review does not know. */
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
  return targets;
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

/** ARNs of what keys encrypt, by the ARN of the key: of several things it is the first. */
function ownersOfKeys(stacks: Stacks): Map<string, string> {
  const owners = ENCRYPTED.flatMap(([type, attribute]) =>
    stacks.resources(type).flatMap((resource): [string, string][] => {
      const key = resource.optional(attribute);
      const { partition, region, account } = resource.stack;
      const keys = `arn:${partition}:kms:${region}:${account}:key/`;
      return key ? [[key.includes(':') ? key : `${keys}${key}`, resource.text('arn')]] : [];
    }),
  );
  return new Map(owners.reverse());
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
      const arn = resource.text(target);
      const { place } = resource;
      const other = policies.get(arn);
      if (other) throw new UserError(`${other.place} and ${place} are both the policy of ${arn}`);
      policies.set(arn, { place, document: resource.document(policy) });
    }
  }
  return policies;
}

/** A role that the stacks make, with everything that says what it may do. */
function readRole(role: Resource, stacks: Stacks) {
  const { account, id: stackId } = role.stack;
  const name = role.text('name');
  const partsOf = (type: string) =>
    stacks
      .resources(type)
      .filter((part) => part.stack.account === account && part.text('role') === name);
  const inline = partsOf('aws_iam_role_policy').map((part) =>
    policy('role', part.optional('name') ?? part.address, part.document('policy')),
  );
  const attached = partsOf('aws_iam_role_policy_attachment').map((part) => part.text('policy_arn'));
  const boundary = listOf(role.optional('permissions_boundary'));
  const documents = new Map(
    [...attached, ...boundary].map((policyArn) => [policyArn, managedPolicy(policyArn, stacks)]),
  );
  const known = (side: Policy['side'], policyArns: readonly string[]) =>
    policyArns.flatMap((policyArn) => {
      const document = documents.get(policyArn);
      return document ? [policy(side, policyArn.replace(/^.*\//, ''), document)] : [];
    });
  const unknown = (kind: string, policyArns: readonly string[]) =>
    policyArns
      .filter((policyArn) => !documents.get(policyArn))
      .map((policyArn) => ({
        policyArn,
        what: `the ${kind} ${policyArn} of role ${name}`,
        stack: stackId,
      }));
  const [permissionsBoundary] = known('permissions boundary', boundary);
  return {
    arn: role.text('arn'),
    label: `role ${name} of ${account}`,
    name,
    account,
    stackId,
    policies: [...inline, ...known('role', attached)],
    permissionsBoundary,
    /** How many managed policies are attached. */
    attachments: attached.length,
    notEvaluated: [
      ...unknown('managed policy', attached),
      ...unknown('permissions boundary', boundary),
    ],
  };
}

/** A role that others made is taken to have what the stack publishes for its owner, and nothing else. */
function roleOfOthers(stack: Stack, stacks: Stacks) {
  const policies = stacks.policiesForOwner(stack);
  if (policies.length === 0) return [];
  const { account, id: stackId } = stack;
  const arn = stacks.outputOf(stack, 'role_arn');
  const name = roleName(arn);
  return [
    {
      ...{ arn, name, account, stackId },
      label: `role ${name} of ${account}, with role_policy`,
      policies: policies.map((document) => policy('role', 'role_policy', document)),
      permissionsBoundary: undefined,
      attachments: 0,
      notEvaluated: [],
    },
  ];
}

function policy(side: Policy['side'], name: string, document: PolicyDocument): Policy {
  return { side, name, statements: readStatements(document) };
}

function managedPolicy(arn: string, stacks: Stacks): PolicyDocument | undefined {
  const own = stacks.resources('aws_iam_policy').find((policy) => policy.text('arn') === arn);
  if (own) return own.document('policy');
  const Action = awsManagedActions(arn);
  return Action && { Statement: { Effect: 'Allow', Action, Resource: '*' } };
}
