import { UserError } from '../../topology/problem';
import type { PolicyDocument } from '../read/policy-document';
import type { Resource, Stacks } from '../read/resources';
import type { Stack } from '../read/stacks';
import { awsManagedPolicy } from './aws-managed-policies';

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
  /** Whether it is a part of its role, not attached to it. */
  readonly inline?: true;
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
export type Kind = (typeof KINDS)[number];

/** Something that access is asked for. */
export interface Protected {
  readonly kind: Kind;
  readonly arn: string;
  /** As people call it. */
  readonly name: string;
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly stackId: string;
  /** ARN of the table of a stream, or of the table or topic that a key encrypts. */
  readonly ownerArn?: string;
  readonly policy?: PolicyDocument;
  /** The stacks do not hold its policy, so only the roles' side of access can be told. */
  readonly policyIsElsewhere?: true;
}

/** What the stacks deploy, as far as access goes. */
export interface Deployment {
  readonly roles: readonly Role[];
  readonly resources: readonly Protected[];
  readonly notEvaluated: readonly NotEvaluated[];
}

/** Something that has a say in access and cannot be evaluated. */
export interface NotEvaluated {
  readonly what: string;
  /** The policy, where it is one that the stacks do not hold. */
  readonly policyArn?: string;
}

/** Types that are asked about as they are. A kind of resource more is a line here and its questions. */
const TYPES: readonly { type: string; kind: Kind; name: string; policy?: string }[] = [
  { type: 'aws_dynamodb_table', kind: 'table', name: 'name' },
  { type: 'aws_kms_key', kind: 'key', name: 'description', policy: 'policy' },
  { type: 'aws_lambda_function', kind: 'function', name: 'function_name' },
  { type: 'aws_cloudwatch_log_group', kind: 'log group', name: 'name' },
  { type: 'aws_s3_bucket', kind: 'bucket', name: 'bucket', policy: 'policy' },
  { type: 'aws_sns_topic', kind: 'topic', name: 'name', policy: 'policy' },
  { type: 'aws_iam_role', kind: 'role', name: 'name', policy: 'assume_role_policy' },
];

/** Resources that are the policy of another, and how they name it. */
const POLICIES: readonly { type: string; target: string; arn: (target: string) => string }[] = [
  { type: 'aws_dynamodb_resource_policy', target: 'resource_arn', arn: (target) => target },
  { type: 'aws_kms_key_policy', target: 'key_id', arn: (target) => target },
  { type: 'aws_s3_bucket_policy', target: 'bucket', arn: (target) => `:s3:::${target}` },
  { type: 'aws_sns_topic_policy', target: 'arn', arn: (target) => target },
];

/** Types that give access, or pass data on, in a way this review does not evaluate. */
const OTHER_GRANTS =
  /^aws_(iam_(policy_attachment|user|group|role_policies|role_policy_attachments)|kms_grant|lambda_permission|lambda_function_url|lambda_layer_version_permission|s3_bucket_(acl|replication|ownership)|s3_object_acl|s3_access_point|s3control_|cloudwatch_log_(resource_policy|subscription_filter|destination)|glue_resource_policy|dynamodb_(kinesis_streaming_destination|table_replica|global_table)|secretsmanager_secret_policy|sqs_queue_policy|ecr_repository_policy|lakeformation_permissions|organizations_policy|ram_)/;

/** @throws UserError if a reference cannot be resolved, or two policies are for one resource */
export function readDeployment(stacks: Stacks): Deployment {
  const notEvaluated: NotEvaluated[] = [];
  const roles = stacks
    .resources('aws_iam_role')
    .map((resource) => readRole(resource, stacks, notEvaluated));
  const policies = attachedPolicies(stacks);
  const resources = [
    ...TYPES.flatMap(({ type, kind, name, policy }) =>
      stacks.resources(type).map((resource): Protected => {
        const arn = resource.text('arn');
        return {
          kind,
          arn,
          name: resource.optional(name) ?? arn,
          ...placeOf(resource.stack),
          ownerArn: kind === 'table' ? arn : undefined,
          policy:
            policies.take(arn) ??
            (policy !== undefined && resource.block[policy] !== undefined
              ? resource.document(policy)
              : undefined),
        };
      }),
    ),
    ...streams(stacks, policies),
  ];
  policies.refuseRest();
  const known = new Set(roles.map(({ account, name }) => `${account} ${name}`));
  for (const type of ['aws_iam_role_policy', 'aws_iam_role_policy_attachment']) {
    for (const resource of stacks.resources(type)) {
      const { stack, address } = resource;
      if (known.has(`${stack.account} ${resource.text('role')}`)) continue;
      notEvaluated.push({ what: `${stack.id} ${address}, of a role that no stack has` });
    }
  }
  for (const { id, json } of stacks.all) {
    for (const [type, named] of Object.entries(json.resource ?? {})) {
      if (!OTHER_GRANTS.test(type)) continue;
      for (const name of Object.keys(named)) notEvaluated.push({ what: `${id} ${type}.${name}` });
    }
  }
  return {
    roles,
    resources: withOwnersOfKeys(resources, stacks).sort(
      (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind),
    ),
    notEvaluated,
  };
}

function streams(stacks: Stacks, policies: AttachedPolicies): Protected[] {
  const tables = [
    ...stacks.resources('aws_dynamodb_table').filter(({ block }) => block.stream_enabled),
    ...stacks.dataSources('aws_dynamodb_table'),
  ];
  return tables.map((table) => {
    const arn = table.text('stream_arn');
    return {
      kind: 'stream',
      arn,
      name: table.text('name'),
      ...placeOf(table.stack),
      ownerArn: table.text('arn'),
      policy: policies.take(arn),
    };
  });
}

/** Keys with what they encrypt: a table names the ARN of its key, a topic the ARN or the id. */
function withOwnersOfKeys(resources: readonly Protected[], stacks: Stacks): Protected[] {
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
  return resources.map((resource) =>
    resource.kind === 'key' ? { ...resource, ownerArn: owners.get(resource.arn) } : resource,
  );
}

function placeOf({ account, partition, region, id }: Stack) {
  return { account, partition, region, stackId: id };
}

/** Policies that are resources of their own, by the ARN they are for. Each is to be taken. */
class AttachedPolicies {
  private readonly byArn = new Map<string, { place: string; document: PolicyDocument }>();

  add(arn: string, place: string, document: PolicyDocument): void {
    const other = this.byArn.get(arn);
    if (other) {
      throw new UserError(`${other.place} and ${place} are both the policy of ${arn}`);
    }
    this.byArn.set(arn, { place, document });
  }

  take(arn: string): PolicyDocument | undefined {
    const key = [arn, arn.replace(/^arn:[^:]+(?=:s3:)/, '')].find((name) => this.byArn.has(name));
    if (key === undefined) return undefined;
    const { document } = this.byArn.get(key) ?? {};
    this.byArn.delete(key);
    return document;
  }

  refuseRest(): void {
    for (const [arn, { place }] of this.byArn) {
      throw new UserError(`${place} is the policy of ${arn}, which no stack has`);
    }
  }
}

function attachedPolicies(stacks: Stacks): AttachedPolicies {
  const policies = new AttachedPolicies();
  for (const { type, target, arn } of POLICIES) {
    for (const resource of stacks.resources(type)) {
      policies.add(
        arn(resource.text(target)),
        `${resource.stack.id} ${resource.address}`,
        resource.document('policy'),
      );
    }
  }
  return policies;
}

function readRole(role: Resource, stacks: Stacks, notEvaluated: NotEvaluated[]): Role {
  const { stack } = role;
  const name = role.text('name');
  const ofRole = (type: string) =>
    stacks
      .resources(type)
      .filter((each) => each.stack.account === stack.account && each.text('role') === name);
  const managed = (arn: string, what: string): NamedPolicy[] => {
    const document = managedPolicy(arn, stacks);
    if (!document) notEvaluated.push({ what: `${what} ${arn} of role ${name}`, policyArn: arn });
    return document ? [{ name: nameOf(arn), document }] : [];
  };
  for (const attribute of ['inline_policy', 'managed_policy_arns']) {
    if (role.block[attribute] !== undefined) {
      notEvaluated.push({ what: `${stack.id} ${role.address}.${attribute}` });
    }
  }
  const attachments = ofRole('aws_iam_role_policy_attachment');
  const boundary = role.optional('permissions_boundary');
  return {
    arn: role.text('arn'),
    name,
    account: stack.account,
    stackId: stack.id,
    policies: [
      ...ofRole('aws_iam_role_policy').map((policy) => ({
        name: policy.optional('name') ?? policy.address,
        document: policy.document('policy'),
        inline: true as const,
      })),
      ...attachments.flatMap((attachment) =>
        managed(attachment.text('policy_arn'), 'the managed policy'),
      ),
    ],
    attachments: attachments.length,
    permissionsBoundary:
      boundary === undefined ? undefined : managed(boundary, 'the permissions boundary')[0],
  };
}

function managedPolicy(arn: string, stacks: Stacks): PolicyDocument | undefined {
  const own = stacks.resources('aws_iam_policy').find((policy) => policy.text('arn') === arn);
  return own ? own.document('policy') : awsManagedPolicy(arn);
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
