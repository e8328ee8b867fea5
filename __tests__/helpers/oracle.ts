import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Condition } from '../../policies/statement';
import type { AccessRequest, Policy } from '../../review/access/evaluate';
import type { PolicyDocument, PolicyStatement } from '../../review/read/policy-document';

/** A request with the documents of every policy that has a say in it. */
export interface Question {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly account: string;
  readonly context: Readonly<Record<string, string>>;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly permissionsBoundary?: PolicyDocument;
  readonly resourcePolicy?: PolicyDocument;
}

/** Whether `@cloud-copilot/iam-simulate` allows it. */
export async function simulate(question: Question): Promise<boolean> {
  const { principal, action, resource, account, context, permissionsBoundary, ...policies } =
    knownKeys(question);
  const response = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: account },
        contextVariables: context,
      },
      identityPolicies: policies.identityPolicies.map((policy, index) => ({
        name: `policy-${index}`,
        policy,
      })),
      permissionBoundaryPolicies: permissionsBoundary && [
        { name: 'boundary', policy: permissionsBoundary },
      ],
      resourcePolicy: policies.resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (response.resultType === 'error') {
    throw new Error(`${JSON.stringify(question)}: ${JSON.stringify(response)}`);
  }
  return response.overallResult === 'Allowed';
}

/**
 * It drops condition keys that it has no list of for an action, such as the pairs of an encryption context. A tag
 * of the principal is a text that it compares in the same way.
 */
function knownKeys(question: Question): Question {
  const text = JSON.stringify(question);
  return JSON.parse(text.replaceAll(/"((?:kms|lambda|s3):[^"]+":)/gi, '"aws:PrincipalTag/$1'));
}

/** The same request with its policies as documents again. */
export function asked(request: AccessRequest): Question {
  const { context, identityPolicies, permissionsBoundary, resourcePolicy, ...rest } = request;
  return {
    ...rest,
    context: Object.fromEntries(
      Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    identityPolicies: identityPolicies.map((policy) => documentOf(policy)),
    permissionsBoundary: permissionsBoundary && documentOf(permissionsBoundary),
    resourcePolicy: resourcePolicy && documentOf(resourcePolicy),
  };
}

function documentOf({ side, statements }: Policy): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: statements.map(
      ({ id, effect, principals, actions, resources, conditions }): PolicyStatement => ({
        Sid: id.replaceAll(/\W/g, ''),
        Effect: effect,
        ...(side === 'resource policy' && { Principal: principals }),
        [actions.not ? 'NotAction' : 'Action']: actions.patterns,
        [resources.not ? 'NotResource' : 'Resource']: resources.patterns,
        Condition: conditionsOf(conditions),
      }),
    ),
  };
}

function conditionsOf(conditions: readonly Condition[]): PolicyStatement['Condition'] {
  const byTest: Record<string, Record<string, string[]>> = {};
  for (const { test, variable, values } of conditions) {
    byTest[test] = { ...byTest[test], [variable]: values };
  }
  return byTest;
}
