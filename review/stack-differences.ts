import type { Stack } from './read/stacks';

/** The stacks of a topology: what `cdk.tf.json` holds, by stack id. */
export type Stacks = Readonly<Record<string, unknown>>;

/** The configurations of stacks that were read. */
export function configurationsOf(stacks: readonly Stack[]): Stacks {
  return Object.fromEntries(stacks.map(({ id, json }) => [id, json]));
}

/** Where two configurations differ. `undefined` stands for what one of them lacks. */
export interface Difference {
  readonly stack: string;
  /** Such as `resource.aws_iam_role.execution_role.name` or `provider.aws[0].region`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every difference between two syntheses of the same topology that means something to Terraform.
 * Comments do not, which name the version of cdktf, nor does the order of keys, nor whether a provider is written `aws`
 * or `hashicorp/aws`; of a provider's version the major one does.
 */
export function stackDifferences(before: Stacks, after: Stacks): Difference[] {
  return union(before, after).flatMap((stack) =>
    differences(comparable(before[stack]), comparable(after[stack])).map((found) => ({
      stack,
      ...found,
    })),
  );
}

/** A difference as one line. */
export function describeDifference({ stack, path, before, after }: Difference): string {
  if (path === '') return `${stack}: a stack only with ${before === undefined ? 'cdktn' : 'cdktf'}`;
  return `${stack} ${path}: ${shown(before)} with cdktf, ${shown(after)} with cdktn`;
}

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

function differences(before: unknown, after: unknown, path = ''): Omit<Difference, 'stack'>[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }).flatMap((_, index) =>
      differences(before[index], after[index], `${path}[${index}]`),
    );
  }
  if (isObject(before) && isObject(after)) {
    return union(before, after).flatMap((key) =>
      differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return before === after ? [] : [{ path, before, after }];
}

type Tree = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const union = (before: Tree, after: Tree) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();

/**
 * A configuration without comments, with providers by major version and by full source.
 *
 * @see https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
function comparable(stack: unknown): unknown {
  if (stack === undefined) return undefined;
  const { terraform, ...rest } = withoutComments(stack) as StackJson;
  for (const provider of Object.values(terraform?.required_providers ?? {})) {
    provider.version = provider.version?.split('.')[0];
    if (!provider.source.includes('/')) provider.source = `hashicorp/${provider.source}`;
  }
  return { ...rest, terraform };
}

function withoutComments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutComments);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '//');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutComments(inner)]));
}

interface StackJson {
  readonly terraform?: {
    readonly required_providers?: Readonly<Record<string, { source: string; version?: string }>>;
  };
}
