import type { Context } from '../../policies/conditions';
import { decide, type Policy } from '../../review/access/evaluate';
import { readStatements } from '../../review/access/statements';
import { listOf } from '../../review/lists';
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

export function deletedPrincipals(policy: PolicyDocument): string[] {
  const principals = listOf(policy.Statement).map(({ Principal }) => JSON.stringify(Principal));
  return [...principals.join().matchAll(DELETED)].map(([, id = '']) => id);
}

/** Values by field, such as `Principal.AWS` or `Condition.stringequals.aws:principalarn`. */
type Fields = ReadonlyMap<string, readonly string[]>;

/**
 * How a policy differs in what it says from another one: order, forms of one value and case do not count where IAM
 * ignores them.
 */
export function differences(policy: PolicyDocument, meant: PolicyDocument): string[] {
  const contents = (document: PolicyDocument) =>
    new Set(listOf(document.Statement).map((each) => JSON.stringify([...fieldsOf(each)])));
  const without = (document: PolicyDocument, others: ReadonlySet<string>) =>
    new Map(
      listOf(document.Statement).flatMap((statement, index): [string, Fields][] => {
        const fields = fieldsOf(statement);
        const id = statement.Sid ?? `statement ${index + 1}`;
        return others.has(JSON.stringify([...fields])) ? [] : [[id, fields]];
      }),
    );
  const found = without(policy, contents(meant));
  const wanted = without(meant, contents(policy));
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((id) => {
    const [has, should] = [found.get(id), wanted.get(id)];
    if (!has) return [`it lacks the statement ${id}`];
    if (!should) return [`it has the statement ${id}, which the topology lacks`];
    return [...new Set([...should.keys(), ...has.keys()])]
      .filter((field) => String(has.get(field)) !== String(should.get(field)))
      .map(
        (field) => `${id}.${field} is ${shown(has.get(field))}, not ${shown(should.get(field))}`,
      );
  });
}

function shown(values: readonly string[] | undefined): string {
  if (values === undefined) return 'nothing';
  return formatValue(values.length === 1 ? values[0] : values);
}

function fieldsOf(statement: object): Fields {
  const { Sid: _, Principal, ...rest } = statement as Record<string, unknown>;
  const all = { ...rest, Principal: Principal === '*' ? { AWS: '*' } : Principal };
  return new Map(flattened(all, '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function flattened(value: object, path: string): [string, string[]][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string[]][] => {
    if (inner === undefined) return [];
    const name = path.startsWith('Condition.') ? `${path}${key}`.toLowerCase() : `${path}${key}`;
    const field = name.replace(/^condition/, 'Condition');
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
