type Values = Readonly<Record<string, unknown>>;

interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly before: Values | null;
    readonly after: Values | null;
    readonly after_unknown?: Values;
    readonly replace_paths?: readonly (readonly [string, ...unknown[]])[];
  };
}

/** What is read of `terraform show -json`. */
interface ShownPlan {
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  /** What was read in AWS. */
  readonly prior_state?: {
    readonly values: {
      readonly root_module: { readonly resources: { readonly values: Values }[] };
    };
  };
}

/** Attributes that a plan changes, by address; of a replaced resource those that replace it. */
export function changedAttributes({ resource_changes = [] }: ShownPlan) {
  return byAddress(resource_changes, ({ change }) => {
    const { after_unknown: unknown = {}, replace_paths: paths = [] } = change;
    if (paths.length > 0) return [...new Set(paths.map(([attribute]) => attribute))];
    const all = differing(change);
    // What AWS sets at any change, such as a time, is not yet known either: only if nothing else differs.
    const changed = all.filter((name) => unknown[name] !== true);
    return changed.length > 0 ? changed : all;
  });
}

/** Of a role: policies, also those that are resources of the stack. */
const ROLE_POLICIES = ['inline_policy', 'managed_policy_arns'];

/** What AWS reports of a resource at work, and what other resources of the stack set, whose drift is their own. */
const NOT_SET: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_resource_policy: ['revision_id'],
  aws_dynamodb_table: ['tags', 'tags_all'],
  aws_lambda_event_source_mapping: [
    'last_modified',
    'last_processing_result',
    'state',
    'state_transition_reason',
  ],
  aws_lambda_function: ['last_modified'],
  aws_s3_bucket: ['lifecycle_rule', 'policy', 'server_side_encryption_configuration', 'versioning'],
  aws_sns_topic: ['policy'],
};

/** Attributes that somebody else changed, by address. */
export function driftedAttributes({ resource_drift = [], prior_state }: ShownPlan) {
  const policies = prior_state?.values.root_module.resources.flatMap(({ values }) =>
    [values.name, values.policy_arn].map((policy) => `${values.role} ${policy}`),
  );
  return byAddress(resource_drift, ({ type, change }) => {
    const { before, after } = change;
    const isForeign = (policy: string | { name: string }) =>
      !policies?.includes(`${after?.name} ${typeof policy === 'string' ? policy : policy.name}`);
    return differing(change).filter((name) =>
      ROLE_POLICIES.includes(name)
        ? ((after?.[name] ?? []) as []).some(isForeign)
        : !isEmpty(before?.[name]) &&
          !keeps(before?.[name], after?.[name]) &&
          !NOT_SET[type]?.includes(name),
    );
  });
}

function byAddress(
  changes: readonly ResourceChange[],
  attributesOf: (change: ResourceChange) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(changes.map((change) => [change.address, attributesOf(change)]));
}

function differing({ before, after }: ResourceChange['change']): string[] {
  const text = (value: unknown) => JSON.stringify(value ?? null);
  return keysOf(before, after).filter((name) => text(before?.[name]) !== text(after?.[name]));
}

function keysOf(...objects: (object | null)[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object ?? {})))];
}

/** Of a new resource Terraform records some values, here null, only when it reads it for the first time. */
function keeps(before: unknown, after: unknown): boolean {
  if (before === null || before === after) return true;
  if (typeof before !== 'object' || typeof after !== 'object') return false;
  const [old, now] = [Object(before), Object(after)];
  return keysOf(old, now).every((key) => keeps(old[key], now[key]));
}

function isEmpty(value: unknown): boolean {
  return ['null', '""', '0', '[]', '{}'].includes(JSON.stringify(value ?? null));
}
