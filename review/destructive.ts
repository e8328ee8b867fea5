import type { Stacks } from './read/resources';
import type { Block } from './read/stacks';

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
