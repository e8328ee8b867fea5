import { z } from 'zod';
import type { Condition } from '../../policies/statement';
import { listOf } from '../lists';
import type { PolicyDocument } from '../read/policy-document';
import { unknownInCondition } from './conditions';

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
  /** What of it cannot be evaluated; the statement is then left out. */
  readonly unknown: readonly string[];
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
    return normalize({ Effect: 'Allow', Principal: {}, Condition: {} }, id, [], what?.map(String));
  });
}

function normalize(
  statement: Parsed,
  id: string,
  assumed: readonly Condition[],
  unreadable: readonly string[] = [],
): Statement {
  const { Effect, Principal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const all = Object.entries(Condition).flatMap(([test, keys]) =>
    Object.entries(keys).map(([variable, values]) => ({ test, variable, values: [...values] })),
  );
  const isAssumed = (condition: Condition) =>
    assumed.some((each) => sameCondition(each, condition));
  const conditions = all.filter((condition) => !isAssumed(condition));
  const actions = patternsOf(Action, NotAction, []);
  // The policy of a role that says who may assume it names no resource.
  const resources = patternsOf(Resource, NotResource, ['*']);
  return {
    id,
    effect: Effect,
    principals: Principal,
    actions,
    resources,
    conditions,
    assumed: all.filter(isAssumed),
    unknown: [
      ...unreadable,
      ...unknownPrincipals(Principal),
      ...conditions.flatMap(unknownInCondition),
      ...[...actions.patterns, ...resources.patterns, ...conditions.flatMap(({ values }) => values)]
        .filter((text) => text.includes('${'))
        .map((text) => `the policy variable in ${text}`),
    ],
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

export function sameCondition(one: Condition, other: Condition): boolean {
  const text = ({ test, variable, values }: Condition) =>
    JSON.stringify([test, variable, [...values].sort()]);
  return text(one) === text(other);
}

/** Forms in which a policy names a principal of AWS: everybody, an account, a role or a user. */
const PRINCIPAL = /^(\*|\d{12}|arn:[a-z-]+:iam::\d{12}:(root|(role|user)\/[^*?]+))$/;

function unknownPrincipals(principals: Parsed['Principal']): string[] {
  return Object.entries(principals).flatMap(([type, names]) => {
    if (type === 'Service' || type === 'Federated') return [];
    if (type !== 'AWS') return [`the principal type ${type}`];
    return names.filter((name) => !PRINCIPAL.test(name)).map((name) => `the principal ${name}`);
  });
}
