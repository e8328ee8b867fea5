import { z } from 'zod';
import type { Condition } from '../../policies/statement';
import { listOf } from '../lists';
import type { PolicyDocument } from '../read/policy-document';

/** A statement of a policy, all of it in lists. */
export interface Statement {
  /** Its `Sid`, or its place in the policy. */
  readonly id: string;
  readonly effect: 'Allow' | 'Deny';
  /** Identifiers by type; a policy of a role has none. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly actions: Patterns;
  readonly resources: Patterns;
  /** Conditions that are evaluated. */
  readonly conditions: readonly Condition[];
  /** Conditions that are taken to be met. */
  readonly assumed: readonly Condition[];
}

export interface Patterns {
  readonly patterns: readonly string[];
  /** What of each comes before its first wildcard: a role can name a thousand streams. */
  readonly prefixes: readonly string[];
  /** `NotAction` or `NotResource`: all but these. */
  readonly not: boolean;
}

const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => listOf<string>(value));

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z
    .union([z.literal('*').transform(() => ({ AWS: ['*'] })), z.record(z.string(), texts)])
    .default({}),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
});

type Parsed = z.output<typeof statementSchema>;

/**
 * The statements of a policy.
 *
 * @param assumed conditions that are taken to be met where a statement has them
 */
export function readStatements(
  document: PolicyDocument | undefined,
  assumed: readonly Condition[] = [],
): Statement[] {
  return listOf(document?.Statement).map((statement, index) => {
    const { data, error } = statementSchema.safeParse(statement);
    const id = statement.Sid ?? `statement ${index + 1}`;
    if (data) return normalize(data, id, assumed);
    const [issue] = error.issues;
    const what = issue?.code === 'unrecognized_keys' ? issue.keys : issue?.path;
    // No request has such an action, and none is meant.
    const Action = [`what the review cannot read (${what?.join('.')})`];
    return normalize({ Effect: 'Allow', Principal: { AWS: ['*'] }, Action, Condition: {} }, id, []);
  });
}

function normalize(statement: Parsed, id: string, assumed: readonly Condition[]): Statement {
  const { Effect, Principal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const all = Object.entries(Condition).flatMap(([test, keys]) =>
    Object.entries(keys).map(([variable, values]) => ({ test, variable, values: [...values] })),
  );
  const isAssumed = (condition: Condition) =>
    assumed.some((each) => sameConditions([each], [condition]));
  return {
    id,
    effect: Effect,
    principals: Principal,
    actions: patternsOf(Action, NotAction, []),
    // The policy of a role that says who may assume it names no resource.
    resources: patternsOf(Resource, NotResource, ['*']),
    conditions: all.filter((condition) => !isAssumed(condition)),
    assumed: all.filter(isAssumed),
  };
}

function patternsOf(
  named: readonly string[] | undefined,
  others: readonly string[] | undefined,
  fallback: readonly string[],
): Patterns {
  const patterns = named ?? others ?? fallback;
  const prefixes = patterns.map((pattern) => pattern.split(/[*?]/, 1).join());
  return { patterns, prefixes, not: named === undefined && others !== undefined };
}

/** Whether two statements have the same conditions, in whatever order. */
export function sameConditions(some: readonly Condition[], others: readonly Condition[]): boolean {
  const [one, other] = [some, others].map((conditions) =>
    conditions
      .map(({ test, variable, values }) => JSON.stringify([test, variable, [...values].sort()]))
      .sort()
      .join(),
  );
  return one === other;
}
