import {
  getDenialReasons,
  getGrantReasons,
  type RequestAnalysis,
  runSimulation,
} from '@cloud-copilot/iam-simulate';
import { UserError } from '../../topology/problem';
import type { PolicyDocument } from '../read/policy-document';
import type { NamedPolicy } from './deployment';

/** Condition keys of a request and their values. */
export type Context = Readonly<Record<string, string | string[]>>;

/** One request to AWS, and every policy that has a say in it. */
export interface AccessRequest {
  /** ARN of a role or root, or the name of a service. */
  readonly principal: string;
  /** Such as `dynamodb:GetRecords`. */
  readonly action: string;
  /** ARN, or `*` for an action that takes no resource. */
  readonly resource: string;
  /** Account that owns the resource. */
  readonly account: string;
  readonly context: Context;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy;
  readonly resourcePolicy?: PolicyDocument;
}

export interface Decision {
  readonly allowed: boolean;
  /** The statements that decided, such as `role: streams/ReadStreams`; or what has none. */
  readonly by: readonly string[];
}

/** A policy names parts of an account's number, so accounts are not alike but for their numbers. */
const DEPENDS_ON_DIGITS = /\d[*?]|[*?]\d|Numeric/;

const decisions = new Map<string, Promise<Decision>>();

/**
 * Evaluates a request as IAM does, with `@cloud-copilot/iam-simulate`. Requests that are the same but
 * for the numbers of the accounts in them are evaluated once.
 */
export function decide(request: AccessRequest): Promise<Decision> {
  const text = JSON.stringify(request);
  if (DEPENDS_ON_DIGITS.test(text)) return evaluate(request);
  const key = renameAccounts(text);
  const known = decisions.get(key);
  if (known) return known;
  const decision = evaluate(request);
  decisions.set(key, decision);
  return decision;
}

/** Account numbers in the order they come, so that texts are equal if they differ in numbers only. */
function renameAccounts(text: string): string {
  const names = new Map<string, string>();
  return text.replaceAll(/\b\d{12}\b/g, (account) => {
    const known = names.get(account);
    if (known) return known;
    const name = `account ${names.size + 1}`;
    names.set(account, name);
    return name;
  });
}

/**
 * The simulator drops condition keys it has no list of for an action: the pairs of a KMS encryption context,
 * and the function that asks. A tag of the principal is a string that it compares in the same way.
 */
function knownKeys(request: AccessRequest): AccessRequest {
  return JSON.parse(
    JSON.stringify(request).replaceAll(
      /"((?:kms:EncryptionContext:[^"]+|lambda:SourceFunctionArn)":)/gi,
      '"aws:PrincipalTag/$1',
    ),
  );
}

async function evaluate(original: AccessRequest): Promise<Decision> {
  const request = knownKeys(original);
  const { principal, action, resource, account, context, permissionsBoundary } = request;
  const response = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: request.identityPolicies.map(({ name, document }) => ({
        name,
        policy: document,
      })),
      permissionBoundaryPolicies: permissionsBoundary && [
        { name: permissionsBoundary.name, policy: permissionsBoundary.document },
      ],
      resourcePolicy: request.resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (response.resultType !== 'single') {
    const reason =
      response.resultType === 'error' ? JSON.stringify(response.errors) : 'the ARN has wildcards';
    throw new UserError(`${principal} ${action} on ${resource} cannot be evaluated: ${reason}`);
  }
  return {
    allowed: response.overallResult === 'Allowed',
    by: reasons(response.result.analysis, principal.startsWith('arn:')),
  };
}

/** The two sides of access, as the report calls them. */
const SIDES: Readonly<Record<string, string>> = {
  identity: 'role',
  resource: 'resource policy',
  pb: 'permissions boundary',
  's3-bpa': 'public access block',
};

/** @param hasPolicies whether the principal can have policies of its own, which a service cannot */
function reasons(analysis: RequestAnalysis, hasPolicies: boolean): string[] {
  const statements =
    analysis.result === 'Allowed'
      ? getGrantReasons(analysis)
      : getDenialReasons(analysis).filter(({ denialType }) => denialType === 'Explicit');
  if (statements.length > 0) {
    return statements.map((reason) => {
      const policy = 'policyIdentifier' in reason ? reason.policyIdentifier : undefined;
      const statement =
        ('statementId' in reason && reason.statementId) ||
        ('statementIndex' in reason ? `statement ${reason.statementIndex}` : '');
      return `${SIDES[reason.policyType] ?? reason.policyType}: ${[policy, statement].filter(Boolean).join('/')}`;
    });
  }
  const silent = getDenialReasons(analysis)
    .filter(({ policyType }) => hasPolicies || policyType !== 'identity')
    .map(({ policyType }) => `${SIDES[policyType] ?? policyType}: no statement`);
  return silent.length > 0 ? silent : ['resource policy: there is none'];
}
