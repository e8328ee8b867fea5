import type { Stacks } from './read/resources';
import type { Block } from './read/stacks';

/** What a change of some attributes destroys. */
export interface Replacement {
  readonly type: string;
  readonly attributes: readonly string[];
  /** What follows, apart from the replacement itself. */
  readonly consequence: string;
  /** The provider's page of the resource. */
  readonly source: string;
}

/** How resources that hold something are kept from being destroyed. */
export interface Protection {
  readonly type: string;
  /** Names of the resources with these settings. */
  readonly names: readonly string[];
  /** Settings that protect, or take protection away, as `attribute = value`. */
  readonly settings: readonly string[];
  /** Whether `terraform destroy` deletes what they hold. */
  readonly unprotected: boolean;
}

const registry = (page: string) =>
  `https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/${page}`;

/** Attributes whose change replaces a resource, for the types whose loss costs more than a deployment. */
const REPLACEMENTS: readonly Replacement[] = [
  {
    type: 'aws_dynamodb_table',
    attributes: ['name', 'hash_key', 'range_key', 'local_secondary_index'],
    consequence:
      'all items are lost unless they are restored; the new stream has another ARN, so its policy and mappings are replaced',
    source: registry('dynamodb_table'),
  },
  {
    type: 'aws_dynamodb_table',
    attributes: ['stream_enabled', 'stream_view_type'],
    consequence:
      'the table stays and gets a new stream with another ARN: its policy and mappings are replaced, and with starting_position LATEST the changes in between are not processed',
    source:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.Enabling',
  },
  {
    type: 'aws_dynamodb_resource_policy',
    attributes: ['resource_arn'],
    consequence: 'readers are refused until the new policy is there',
    source: registry('dynamodb_resource_policy'),
  },
  {
    type: 'aws_lambda_event_source_mapping',
    attributes: ['event_source_arn', 'starting_position', 'starting_position_timestamp'],
    consequence:
      'the place in the stream is forgotten: TRIM_HORIZON processes up to 24 hours again, LATEST skips what came in between',
    source: registry('lambda_event_source_mapping'),
  },
  {
    type: 'aws_iam_role',
    attributes: ['name', 'path'],
    consequence:
      'policies that name the role keep the id of the deleted one and no longer allow the new one, until the producers are deployed again',
    source: registry('iam_role'),
  },
  {
    type: 'aws_lambda_function',
    attributes: ['function_name', 'package_type'],
    consequence: 'mappings change to the new function; its log group is another',
    source: registry('lambda_function'),
  },
  {
    type: 'aws_kms_key',
    attributes: ['customer_master_key_spec', 'key_usage', 'multi_region'],
    consequence:
      'the table is encrypted with the new key; what only the old key can decrypt, such as backups, is lost when its waiting period ends',
    source: registry('kms_key'),
  },
  {
    type: 'aws_s3_bucket',
    attributes: ['bucket', 'object_lock_enabled'],
    consequence: 'refused while the bucket has objects, unless force_destroy is set',
    source: registry('s3_bucket'),
  },
  {
    type: 'aws_cloudwatch_log_group',
    attributes: ['name'],
    consequence: 'the log is deleted, unless skip_destroy is set',
    source: registry('cloudwatch_log_group'),
  },
];

/** Replacements of the types that the stacks have. */
export function replacements(stacks: Stacks): Replacement[] {
  return REPLACEMENTS.filter(({ type }) => stacks.resources(type).length > 0);
}

/** Types that hold something which cannot be deployed again. */
const HOLDERS: readonly {
  readonly type: string;
  readonly name: string;
  readonly settings: (block: Block) => readonly string[];
  readonly unprotected: (block: Block) => boolean;
}[] = [
  {
    type: 'aws_dynamodb_table',
    name: 'name',
    settings: ({ deletion_protection_enabled: on, point_in_time_recovery: backups }) => [
      `deletion_protection_enabled = ${on === true}`,
      `point_in_time_recovery = ${(backups as Block | undefined)?.enabled === true}`,
    ],
    unprotected: ({ deletion_protection_enabled: on }) => on !== true,
  },
  {
    type: 'aws_kms_key',
    name: 'description',
    settings: ({ deletion_window_in_days: days }) => [`deletion_window_in_days = ${days ?? 30}`],
    // A key waits before it is deleted, and the deletion can be cancelled.
    unprotected: () => false,
  },
  {
    type: 'aws_s3_bucket',
    name: 'bucket',
    settings: ({ force_destroy: force }) => [`force_destroy = ${force === true}`],
    unprotected: ({ force_destroy: force }) => force === true,
  },
  {
    type: 'aws_cloudwatch_log_group',
    name: 'name',
    settings: ({ skip_destroy: skip, retention_in_days: days }) => [
      `skip_destroy = ${skip === true}`,
      `retention_in_days = ${days ?? 'never expires'}`,
    ],
    unprotected: ({ skip_destroy: skip }) => skip !== true,
  },
];

/** What is protected and how, alike resources together. */
export function protections(stacks: Stacks): Protection[] {
  const groups = new Map<string, Protection>();
  for (const { type, name, settings, unprotected } of HOLDERS) {
    for (const resource of stacks.resources(type)) {
      const { block } = resource;
      const preventDestroy = (block.lifecycle as Block | undefined)?.prevent_destroy === true;
      const all = [...settings(block), `prevent_destroy = ${preventDestroy}`];
      const key = [type, ...all].join();
      const group = groups.get(key);
      const label = `${resource.optional(name) ?? resource.address} of ${resource.stack.account}`;
      groups.set(key, {
        type,
        names: [...(group?.names ?? []), label],
        settings: all,
        unprotected: unprotected(block) && !preventDestroy,
      });
    }
  }
  return [...groups.values()];
}
