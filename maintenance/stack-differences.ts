import diff, { type Difference } from 'microdiff';
import type { StackJson } from '../review/read/stacks';
import { formatPath } from '../topology/problem';

/** The stacks of a topology: what `cdk.tf.json` holds, by stack id. */
export type Stacks = Readonly<Record<string, object>>;

/**
 * Every difference between two syntheses of the same topology that means something to Terraform, a line each.
 * Comments do not, which name the version of cdktf, nor does the order of keys, nor whether a provider is
 * written `aws` or `hashicorp/aws`; of a provider's version the major one does.
 */
export function stackDifferences(before: Stacks, after: Stacks): string[] {
  return diff(comparable(before), comparable(after), { cyclesFix: false }).map(describe);
}

function describe(difference: Difference): string {
  const { type, path } = difference;
  const [stack, ...place] = path;
  if (place.length === 0)
    return `${stack}: a stack only with ${type === 'CREATE' ? 'cdktn' : 'cdktf'}`;
  const before = type === 'CREATE' ? 'nothing' : JSON.stringify(difference.oldValue);
  const after = type === 'REMOVE' ? 'nothing' : JSON.stringify(difference.value);
  return `${stack} ${formatPath(place)}: ${before} with cdktf, ${after} with cdktn`;
}

function comparable(stacks: Stacks): object {
  return Object.fromEntries(
    Object.entries(stacks).map(([id, stack]) => [id, withoutVersions(withoutComments(stack))]),
  );
}

/**
 * A configuration with providers by major version and by full source.
 *
 * @see https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
function withoutVersions({ terraform, ...rest }: StackJson): StackJson {
  const { required_providers: providers = {}, ...settings } = (terraform ?? {}) as {
    required_providers?: Record<string, { source: string; version?: string }>;
  };
  const comparable = Object.entries(providers).map(([name, { source, version }]) => [
    name,
    {
      source: source.includes('/') ? source : `hashicorp/${source}`,
      version: version?.split('.')[0],
    },
  ]);
  return {
    ...rest,
    terraform: { ...settings, required_providers: Object.fromEntries(comparable) },
  };
}

function withoutComments(configuration: object): StackJson {
  return JSON.parse(JSON.stringify(configuration), (key, value) =>
    key === '//' ? undefined : value,
  );
}
