import { parse, validate } from '@aws-sdk/util-arn-parser';
import { type Context, holds, matches } from '../../policies/conditions';
import type { Condition } from '../../policies/statement';
import type { Patterns, Statement } from './statements';

/** A policy that has a say in a request. */
export interface Policy {
  readonly side: 'role' | 'permissions boundary' | 'resource policy';
  /** Of the policies of a role. */
  readonly name?: string;
  readonly statements: readonly Statement[];
}

/** One request to AWS, and every policy that has a say in it. */
export interface AccessRequest {
  /** ARN of a role or of the root of an account, or the name of a service. */
  readonly principal: string;
  readonly action: string;
  /** ARN, or `*` for an action that takes no resource. */
  readonly resource: string;
  /** Account that owns the resource. */
  readonly account: string;
  readonly context: Context;
  readonly identityPolicies: readonly Policy[];
  readonly permissionsBoundary?: Policy;
  readonly resourcePolicy?: Policy;
}

export interface Decision {
  readonly allowed: boolean;
  /** The statements that decided, such as `role: streams/ReadStreams`; or what has none. */
  readonly by: readonly string[];
}

/**
 * Evaluates a request as IAM does: whatever denies wins; in one account a policy of either side is enough,
 * but for keys and for assuming a role; across accounts both sides must allow it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function decide(request: AccessRequest): Decision {
  const { principal, action, account, identityPolicies, permissionsBoundary } = request;
  const resourcePolicies = request.resourcePolicy ? [request.resourcePolicy] : [];
  const identity = sideOf(identityPolicies, request);
  const boundary = permissionsBoundary && sideOf([permissionsBoundary], request);
  const everybody = sideOf(resourcePolicies, request, (name) => name === '*');
  const direct = sideOf(resourcePolicies, request, (name) => name === principal);
  const delegated = sideOf(resourcePolicies, request, (name) => isAccountOf(name, principal));

  const sides = [identity, ...(boundary ? [boundary] : []), everybody, direct, delegated];
  const denied = sides.flatMap(({ deny }) => deny);
  if (denied.length > 0) return { allowed: false, by: denied };

  const role: Needed = ['role: no statement', identity.allow];
  const limits: Needed[] = boundary ? [['permissions boundary: no statement', boundary.allow]] : [];
  const silent = request.resourcePolicy
    ? 'resource policy: no statement'
    : 'resource policy: there is none';
  const own = [...everybody.allow, ...direct.allow];
  if (!principal.startsWith('arn:')) return bySides([[silent, own]]);
  if (accountOf(principal) !== account) {
    return bySides([role, ...limits, [silent, [...own, ...delegated.allow]]]);
  }
  // A permissions boundary limits what a policy grants to a role by its ARN, not what it grants to everybody.
  if (everybody.allow.length > 0) return bySides([[silent, [...identity.allow, ...own]]]);
  if (direct.allow.length > 0) return bySides([[silent, [...identity.allow, ...own]], ...limits]);
  if (!NEEDS_RESOURCE_POLICY.test(action)) return bySides([role, ...limits]);
  return bySides([role, ...limits, [silent, delegated.allow]]);
}

/** Statements that allow, and what to say where there is none. */
type Needed = readonly [silent: string, allow: readonly string[]];

function bySides(needed: readonly Needed[]): Decision {
  const silent = needed.filter(([, allow]) => allow.length === 0).map(([text]) => text);
  if (silent.length > 0) return { allowed: false, by: silent };
  return { allowed: true, by: needed.flatMap(([, allow]) => allow) };
}

/**
 * Actions that the resource's own policy must allow, to the account at least.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 */
const NEEDS_RESOURCE_POLICY = /^(kms:|sts:AssumeRole$)/i;

/** The statements that allow and deny a request. */
function sideOf(
  policies: readonly Policy[],
  request: AccessRequest,
  isNamed?: (principal: string) => boolean,
) {
  const [allow = [], deny = []] = ['Allow', 'Deny'].map((effect) =>
    policies.flatMap((policy) =>
      policy.statements
        .filter((each) => each.effect === effect && applies(each, request, isNamed))
        .map((each) => `${policy.side}: ${nameIn(policy, each)}`),
    ),
  );
  return { allow, deny };
}

/** A statement as the report calls it, with the conditions that are taken to be met. */
export function nameIn({ name }: Pick<Policy, 'name'>, { id, assumed }: Statement): string {
  return `${name === undefined ? '' : `${name}/`}${id}${inText(assumed)}`;
}

/** Such as ` where StringEquals aws:SourceAccount = 111122223333`. */
export function inText(conditions: readonly Condition[]): string {
  const texts = conditions.map(
    ({ test, variable, values }) => `${test} ${variable} = ${values.join(', ')}`,
  );
  return texts.length > 0 ? ` where ${texts.join(' and ')}` : '';
}

/** @param isNamed whether an identifier names the principal, where the policy is of a resource */
function applies(
  { principals, actions, resources, conditions }: Statement,
  { action, resource, context }: AccessRequest,
  isNamed?: (principal: string) => boolean,
): boolean {
  const names = [...(principals.AWS ?? []), ...(principals.Service ?? [])];
  return (
    (isNamed === undefined || names.some(isNamed)) &&
    includes(actions, (pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    includes(resources, (pattern) => matches(pattern, resource)) &&
    conditions.every((condition) => holds(condition, context))
  );
}

function includes({ patterns, not }: Patterns, matched: (pattern: string) => boolean): boolean {
  return patterns.some(matched) !== not;
}

/** Whether an identifier is the account of a principal, by number or by its root. */
function isAccountOf(identifier: string, principal: string): boolean {
  const account = accountOf(principal);
  return (
    identifier === account || (identifier.endsWith(':root') && accountOf(identifier) === account)
  );
}

/** The account in an ARN; a service has none. */
export function accountOf(arn: string): string | undefined {
  return validate(arn) ? parse(arn).accountId : undefined;
}
