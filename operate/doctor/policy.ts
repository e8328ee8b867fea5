import { isDeepStrictEqual } from 'node:util';
import { type Context, matches } from '../../policies/conditions';
import { decide, type Policy } from '../../review/access/evaluate';
import { type Patterns, readStatements } from '../../review/access/statements';
import { listOf, unique } from '../../review/lists';
import { type PolicyDocument, policyDocument } from '../../review/read/policy-document';
import { parseArn } from '../../topology/arns';
import { formatValue } from '../../topology/problem';

/**
 * A policy as AWS returns it.
 *
 * @throws Error of one with elements that IAM does not take
 */
export function parsePolicy(text: string): PolicyDocument {
  const { data } = policyDocument.safeParse(JSON.parse(text));
  if (data) return data;
  throw new Error(`the policy cannot be read: ${text.slice(0, 200)}`);
}

/**
 * What IAM writes in the place of a role or user that was deleted.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
const DELETED = /"(A(?:ROA|IDA)[0-9A-Z]{8,})"/g;

/** What a policy says of roles that were deleted, if it names some. */
export function namesDeleted(policy: PolicyDocument): string | undefined {
  const principals = listOf(policy.Statement).map(({ Principal }) => JSON.stringify(Principal));
  const ids = [...principals.join().matchAll(DELETED)].map(([, id = '']) => id);
  if (ids.length === 0) return undefined;
  return `names ${ids.join(', ')}: the role that it named was deleted, and one that was created again under its name is another one`;
}

/** Values by field, such as `Principal.AWS` or `Condition.stringequals.aws:principalarn`. */
type Fields = ReadonlyMap<string, readonly string[]>;

/**
 * How a policy differs in what it says from another one: order, forms of one value and case do not count where IAM
 * ignores them.
 */
export function differences(policy: PolicyDocument, meant: PolicyDocument): string[] {
  const [all, allMeant] = [statementsOf(policy), statementsOf(meant)];
  const found = without(all, allMeant);
  const wanted = without(allMeant, all);
  return unique([...wanted.keys(), ...found.keys()]).flatMap((id) => {
    const [has, should] = [found.get(id), wanted.get(id)];
    if (!has) return [`it lacks the statement ${id}`];
    if (!should) return [`it has the statement ${id}, which the topology lacks`];
    return unique([...should.keys(), ...has.keys()])
      .map((field) => [field, shown(has.get(field)), shown(should.get(field))] as const)
      .filter(([, is, meant]) => is !== meant)
      .map(([field, is, meant]) => `${id}.${field} is ${is}, not ${meant}`);
  });
}

function statementsOf({ Statement }: PolicyDocument): [string, Fields][] {
  return listOf(Statement).map(({ Sid, Principal, ...rest }, index) => {
    const all = { ...rest, Principal: Principal === '*' ? { AWS: '*' } : Principal };
    return [Sid ?? `statement ${index + 1}`, new Map(flattened(all, ''))];
  });
}

/** By their IDs, without those that others say as well. */
function without(all: readonly [string, Fields][], others: readonly [string, Fields][]) {
  return new Map(
    all.filter(([, fields]) => !others.some(([, other]) => isDeepStrictEqual(fields, other))),
  );
}

function shown(values: readonly string[] | undefined): string {
  if (values === undefined) return 'nothing';
  return formatValue(values.length === 1 ? values[0] : values);
}

function flattened(value: object, path: string): [string, string[]][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string[]][] => {
    if (inner === undefined) return [];
    const field = `${path}${path.startsWith('Condition.') ? key.toLowerCase() : key}`;
    if (typeof inner === 'object' && !Array.isArray(inner)) return flattened(inner, `${field}.`);
    const values = listOf(inner).map((each) => {
      if (/Action$/.test(key)) return String(each).toLowerCase();
      return path === 'Principal.' ? String(each).replace(ROOT, '$1') : String(each);
    });
    return [[field, values.sort()]];
  });
}

/** An account is named by its number as well. */
const ROOT = /^arn:[\w-]+:iam::(\d{12}):root$/;

/** Actions that policies are meant to allow, and do not on any of the resources, whatever their conditions. */
export function lacking(
  policies: readonly PolicyDocument[],
  meant: readonly PolicyDocument[],
): string[] {
  const given = policies.flatMap(allowing);
  const actions = meant
    .flatMap(allowing)
    .flatMap(({ actions, resources }) =>
      actions.patterns.filter(
        (action) =>
          !given.some(
            (each) => meet(each.actions, [action]) && meet(each.resources, resources.patterns),
          ),
      ),
    );
  return unique(actions);
}

function allowing(policy: PolicyDocument) {
  return readStatements(policy).filter(({ effect }) => effect === 'Allow');
}

/** Whether patterns have something in common with others. */
function meet({ patterns, not }: Patterns, others: readonly string[]): boolean {
  const covers = (one: string, other: string) => matches(one.toLowerCase(), other.toLowerCase());
  return others.some(
    (other) =>
      patterns.some((each) => covers(each, other) || (!not && covers(other, each))) !== not,
  );
}

export interface Request {
  /** ARN of a role. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** ID of the account of the resource. */
  readonly account: string;
  readonly context: Context;
}

/**
 * Whether a resource's own policy lets a role do something that the role's policies allow. Conditions on what is not
 * known of the request are taken to be met, and a denial with one is not counted.
 */
export function lets(
  policy: PolicyDocument,
  { role, action, resource, account, context: given }: Request,
): boolean {
  const context: Context = {
    'aws:principalarn': role,
    'aws:principalaccount': parseArn(role).id,
    'aws:securetransport': 'true',
    ...given,
  };
  const statements = readStatements(policy).flatMap((statement) => {
    const known = statement.conditions.filter(
      ({ test, variable }) => variable.toLowerCase() in context && EVALUATED.test(test),
    );
    const isPartial = known.length < statement.conditions.length;
    return isPartial && statement.effect === 'Deny' ? [] : { ...statement, conditions: known };
  });
  return decide({
    principal: role,
    action,
    resource,
    account,
    context,
    identityPolicies: [ALL],
    resourcePolicy: { side: 'resource policy', statements },
  }).allowed;
}

const EVALUATED = /^(String|Arn|Bool)/;

const ALL: Policy = {
  side: 'role',
  statements: readStatements({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
};
