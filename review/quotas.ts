import { environmentSize } from '../packaging/environment';
import {
  BUCKET,
  BUCKET_POLICY,
  ENVIRONMENT,
  FILTERS,
  FUNCTION,
  IAM,
  KEY_ALIAS,
  KEY_POLICY,
  READERS_PER_STREAM,
  STREAM_POLICY,
  TABLE,
  TRUST_POLICY,
} from '../topology/limits';
import type { ResolvedTopology } from '../topology/resolve';
import type { AccessModel, TargetKind } from './access/model';
import type { Pipeline } from './pipeline';
import type { Stacks } from './read/resources';
import type { Block } from './read/stacks';

/** One quota and what comes nearest to it. */
export interface Quota {
  readonly name: string;
  /** What uses most of it. */
  readonly largest: string;
  readonly used: number;
  /** Undefined where AWS documents none. */
  readonly limit?: number;
  readonly unit: string;
  /** How many things were measured. */
  readonly measured: number;
  /** AWS's page of the limit. */
  readonly source?: string;
  /** A name, whose length nobody's data changes. */
  readonly isName: boolean;
}

interface Measure {
  readonly what: string;
  readonly used: number;
}

/** Every quota that something of the stacks counts towards, the nearest to its limit first. */
export function measureQuotas(
  stacks: Stacks,
  model: AccessModel,
  { functions, mappings }: Pipeline,
  topology: ResolvedTopology,
): Quota[] {
  const lengths = (type: string, attribute: string): Measure[] =>
    stacks.resources(type).flatMap((resource) => {
      const text = resource.optional(attribute);
      return text === undefined ? [] : [{ what: text, used: text.length }];
    });
  const policies = (kind: TargetKind): Measure[] =>
    model.targets
      .filter((target) => target.kind === kind && target.policy !== undefined)
      .map(({ name, account, policy }) => ({
        what: `${name} of ${account}`,
        used: Buffer.byteLength(JSON.stringify(policy)),
      }));
  const inlinePolicies = model.roles.map(({ name, policies: all }) => ({
    what: name,
    used: sum(
      all.filter(({ inline }) => inline).map(({ document }) => JSON.stringify(document).length),
    ),
  }));
  const limits = new Map(topology.consumers.map(({ role }) => [role.arn, role.managedPolicyQuota]));
  const attachedPolicies = model.roles.map(({ arn, name, attachments }) => ({
    what: name,
    used: attachments,
    limit: limits.get(arn) ?? IAM.managedPoliciesPerRole.default,
  }));
  const managedPolicies = stacks.resources('aws_iam_policy').map((policy) => ({
    what: policy.text('name'),
    used: JSON.stringify(policy.document('policy')).length,
  }));
  const readers = countBy(mappings.map(({ streamArn }) => streamArn)).map(([arn, used]) => ({
    what: arn.replace(/\/stream\/.*$/, '').replace(/^.*:(\d{12}):table\//, '$1 '),
    used,
  }));
  const filters = mappings.map(({ resource }) => patternsOf(resource.block));
  const stackId = (index: number) => mappings[index]?.resource.stack.id ?? '';

  return [
    quota('policy of a stream', policies('stream'), STREAM_POLICY.size, 'bytes', STREAM_POLICY),
    quota('policy of a key', policies('key'), KEY_POLICY.size, 'bytes', KEY_POLICY),
    quota('policy of a bucket', policies('bucket'), BUCKET_POLICY.size, 'bytes', BUCKET_POLICY),
    quota(
      'trust policy of a role',
      policies('role'),
      TRUST_POLICY.size,
      'characters',
      TRUST_POLICY,
    ),
    quota('inline policies of a role', inlinePolicies, IAM.inlinePoliciesSize, 'characters', IAM),
    quota('managed policy', managedPolicies, IAM.managedPolicySize, 'characters', IAM),
    ...[...new Set(attachedPolicies.map(({ limit }) => limit))].map((limit) =>
      quota(
        'managed policies of a role',
        attachedPolicies.filter((each) => each.limit === limit),
        limit,
        'policies',
        IAM,
      ),
    ),
    quota('readers of a stream', readers, READERS_PER_STREAM.max, 'readers', READERS_PER_STREAM),
    quota(
      'filters of a mapping',
      filters.map((patterns, index) => ({ what: stackId(index), used: patterns.length })),
      FILTERS.count,
      `filters (${FILTERS.defaultCount} unless AWS has raised the quota of the account)`,
      FILTERS,
    ),
    quota(
      'filter pattern',
      filters.flatMap((patterns, index) =>
        patterns.map((pattern) => ({ what: stackId(index), used: pattern.length })),
      ),
      FILTERS.patternLength,
      'characters',
      FILTERS,
    ),
    quota(
      'environment of a function',
      functions.map(({ name, resource }) => ({
        what: name,
        used: environmentSize(variablesOf(resource.block)),
      })),
      ENVIRONMENT.totalSize,
      'bytes',
      ENVIRONMENT,
    ),
    quota(
      'name of a table',
      lengths('aws_dynamodb_table', 'name'),
      TABLE.nameLength.max,
      'characters',
      TABLE,
    ),
    quota(
      'name of a function',
      lengths('aws_lambda_function', 'function_name'),
      FUNCTION.nameLength.max,
      'characters',
      FUNCTION,
    ),
    quota(
      'name of a role',
      lengths('aws_iam_role', 'name'),
      IAM.roleNameLength.max,
      'characters',
      IAM,
    ),
    quota(
      'alias of a key',
      lengths('aws_kms_alias', 'name'),
      KEY_ALIAS.length.max,
      'characters',
      KEY_ALIAS,
    ),
    quota(
      'name of a bucket',
      lengths('aws_s3_bucket', 'bucket'),
      BUCKET.nameLength.max,
      'characters',
      BUCKET,
    ),
    quota(
      'event source mappings of a function',
      countBy(mappings.map(({ functionArn }) => functionArn)).map(([arn, used]) => ({
        what: arn.split(':').at(-1) ?? arn,
        used,
      })),
      undefined,
      'mappings',
    ),
    quota('stacks', [{ what: 'this topology', used: stacks.all.length }], undefined, 'stacks'),
  ]
    .filter((each) => each !== undefined)
    .sort((a, b) => share(b) - share(a));
}

/** How much of a limit is used, from 0; nothing of one that is not there. */
export function share({ used, limit }: Pick<Quota, 'used' | 'limit'>): number {
  return limit === undefined ? -1 : used / limit;
}

function quota(
  name: string,
  measures: readonly Measure[],
  limit: number | undefined,
  unit: string,
  source?: { readonly source: string },
): Quota | undefined {
  const [first] = measures;
  if (!first) return undefined;
  const largest = measures.reduce((most, each) => (each.used > most.used ? each : most), first);
  return {
    name,
    largest: largest.what,
    used: largest.used,
    limit,
    unit,
    measured: measures.length,
    source: source?.source,
    isName: /^(name|alias) of /.test(name),
  };
}

function patternsOf({ filter_criteria: criteria }: Block): string[] {
  const { filter } = (criteria ?? {}) as Block;
  const filters = (
    Array.isArray(filter) ? filter : filter === undefined ? [] : [filter]
  ) as Block[];
  return filters.map(({ pattern }) => String(pattern));
}

function variablesOf({ environment }: Block): Block {
  const { variables } = (environment ?? {}) as Block;
  return (variables ?? {}) as Block;
}

function countBy(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
