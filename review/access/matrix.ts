import type { ResolvedTopology } from '../../topology/resolve';
import { listOf } from '../lists';
import { STREAM_LABEL } from '../read/attributes';
import type { PolicyDocument } from '../read/policy-document';
import type { Deployment, NamedPolicy, Protected } from './deployment';
import { Intent } from './intent';
import { type Principal, Principals, serviceAsPrincipal } from './principals';
import { QUESTIONS, type Question } from './questions';
import { type Context, type Decision, decide } from './simulate';
import { unintendedStatements } from './unintended';

/** One evaluated question: may this principal do this? */
export interface Cell extends Decision {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: Protected;
  /** Which part of the resource, in words. */
  readonly part?: string;
  readonly circumstance?: string;
  /** What the topology means the answer to be. */
  readonly wanted: boolean;
}

export interface Matrix {
  readonly cells: readonly Cell[];
  /** Cells whose answer is not the one meant. */
  readonly differing: readonly Cell[];
  /** What the topology says there is and the stacks do not hold. */
  readonly missing: readonly string[];
  /** What cannot be evaluated and the topology does not name. */
  readonly unexplained: readonly string[];
  /** Statements that allow what nobody is meant to have, one line each. */
  readonly unintended: readonly string[];
  readonly principals: Principals;
}

/** Evaluates who can do what with everything that is deployed, and compares it with the topology. */
export async function evaluateAccess(
  deployment: Deployment,
  topology: ResolvedTopology,
): Promise<Matrix> {
  const intent = new Intent(topology);
  const principals = new Principals(deployment);
  const policies = new NarrowedPolicies();
  const cells: Cell[] = [];
  const resources = [
    ...deployment.resources.map((resource) =>
      intent.leavesToOthers(resource) && resource.policy === undefined
        ? { ...resource, policyIsElsewhere: true as const }
        : resource,
    ),
    ...foreignKeys(deployment, intent),
    ...foreignBuckets(intent),
    ...unrelated(deployment, principals.outsideAccount),
    ...wholeAccounts(deployment),
  ];
  for (const resource of resources) {
    const questions = QUESTIONS[resource.kind](resource, intent);
    for (const principal of whoIsAsked(resource, questions, principals)) {
      const functionArn = intent.functionOf(principal.arn);
      const asked = questions.filter(
        (question) =>
          canAsk(principal, resource, question) && !(question.ofFunctions && !functionArn),
      );
      for (const question of asked) {
        const target = question.target ?? resource.arn;
        const decision = await decide({
          principal: principal.arn,
          action: question.action,
          resource: target,
          account: resource.account,
          context: {
            ...contextOf(principal),
            ...(question.byCode && functionArn && { 'lambda:SourceFunctionArn': functionArn }),
            ...question.context,
          },
          identityPolicies: policies.of(principal, target),
          permissionsBoundary: principal.permissionsBoundary,
          resourcePolicy: policyFor(resource, principal, question),
        });
        cells.push({
          ...decision,
          principal,
          resource,
          action: question.action,
          part: question.part,
          circumstance: question.circumstance,
          wanted:
            (question.circumstance === undefined || question.notByLambda === true) &&
            intent.allows(principal.arn, question.action, target, resource, question.notByLambda),
        });
      }
    }
  }
  return {
    cells,
    differing: cells.filter(({ allowed, wanted }) => allowed !== wanted),
    missing: intent.missingFrom(deployment.resources),
    unexplained: deployment.notEvaluated
      .filter(({ policyArn }) => policyArn === undefined || !intent.names(policyArn))
      .map(({ what }) => what),
    unintended: [
      ...unintendedStatements(deployment, intent),
      ...deployment.resources
        .filter((resource) => intent.leavesToOthers(resource) && resource.policy !== undefined)
        .map(
          ({ stackId, arn }) =>
            `${stackId} sets the policy of the stream ${arn}, which the topology leaves to others (streamPolicy: none)`,
        ),
    ],
    principals,
  };
}

/** Of a policy that is elsewhere the roles' side alone can be told, and of an account nothing else. */
function whoIsAsked(
  resource: Protected,
  questions: readonly Question[],
  principals: Principals,
): readonly Principal[] {
  if (resource.policyIsElsewhere) return principals.roles;
  if (resource.kind === 'account') {
    return principals.roles.filter(({ account }) => account === resource.account);
  }
  const services = questions.flatMap(({ service }) => service ?? []);
  return [
    ...principals.roles,
    ...principals.strangersTo(resource),
    ...[...new Set(services)].map(serviceAsPrincipal),
  ];
}

function canAsk(
  { arn, account, isAdministrator }: Principal,
  resource: Protected,
  { service, ofOtherAccounts, refusedToAll }: Question,
): boolean {
  if (account === undefined) return service === arn;
  if (isAdministrator) return refusedToAll === true;
  return service === undefined && !(ofOtherAccounts && account === resource.account);
}

function policyFor(
  resource: Protected,
  { account }: Principal,
  { action }: Question,
): PolicyDocument | undefined {
  if (resource.policyIsElsewhere) return openTo(`arn:${resource.partition}:iam::${account}:root`);
  // The policy of a role says who may assume it, and nothing of its administration.
  return resource.kind === 'role' && !action.startsWith('sts:') ? undefined : resource.policy;
}

/** Stands for a policy that the stacks do not hold: it leaves all to the policies of the account. */
function openTo(root: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'NotInTheseStacks',
        Effect: 'Allow',
        Principal: { AWS: root },
        Action: '*',
        Resource: '*',
      },
    ],
  };
}

function contextOf({ arn, account }: Principal): Context {
  return {
    'aws:SecureTransport': 'true',
    ...(account !== undefined && { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': account }),
  };
}

function foreignKeys({ resources }: Deployment, intent: Intent): Protected[] {
  const own = new Set(resources.map(({ arn }) => arn));
  return intent.foreignKeys
    .filter(({ arn }) => !own.has(arn))
    .map(({ arn, ownerArn }) => {
      const [, partition = '', , region = '', account = ''] = arn.split(':');
      return {
        kind: 'key',
        arn,
        name: arn,
        ownerArn,
        account,
        partition,
        region,
        stackId: '',
        policyIsElsewhere: true,
      };
    });
}

function foreignBuckets({ foreignBuckets: buckets }: Intent): Protected[] {
  return buckets.map(({ arn, account: { id, partition, region } }) => ({
    kind: 'bucket',
    arn,
    name: arn.split(':').at(-1) ?? arn,
    account: id,
    partition,
    region,
    stackId: '',
    policyIsElsewhere: true,
  }));
}

/** What exists in no stack. */
const UNRELATED = 'NotInTheseStacks';
const UNRELATED_KEY = '00000000-0000-4000-8000-ffffffffffff';

/**
 * What else the accounts may hold, open to everybody by its own policy: the roles of the stacks must
 * have no access of their own to it. The outside account has tables of the same names.
 */
function unrelated({ resources }: Deployment, outsideAccount: string): Protected[] {
  const places = new Map(resources.map((resource) => [resource.account, resource]));
  const streams = resources.filter(({ kind }) => kind === 'stream');
  const tableNames = [...new Set(streams.map(({ name }) => name))];
  return [
    ...[...places.values()].flatMap((place) => unrelatedIn(place, UNRELATED)),
    ...streams
      .slice(0, 1)
      .flatMap((stream) =>
        tableNames.flatMap((name) => unrelatedIn({ ...stream, account: outsideAccount }, name)),
      ),
  ];
}

function unrelatedIn(
  { account, partition, region }: Pick<Protected, 'account' | 'partition' | 'region'>,
  name: string,
): Protected[] {
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  const table = arn('dynamodb', `table/${name}`);
  const of = { name, account, partition, region, stackId: '', policyIsElsewhere: true } as const;
  return [
    { ...of, kind: 'stream', arn: `${table}/stream/${STREAM_LABEL}`, ownerArn: table },
    { ...of, kind: 'table', arn: table },
    { ...of, kind: 'key', arn: arn('kms', `key/${UNRELATED_KEY}`), ownerArn: table },
    { ...of, kind: 'function', arn: arn('lambda', `function:${name}`) },
    { ...of, kind: 'log group', arn: arn('logs', `log-group:${name}`) },
    { ...of, kind: 'bucket', arn: `arn:${partition}:s3:::not-in-these-stacks` },
    { ...of, kind: 'role', arn: `arn:${partition}:iam::${account}:role/${name}` },
  ];
}

/** What takes no resource is asked for an account as a whole. */
function wholeAccounts({ roles }: Deployment): Protected[] {
  const accounts = new Map(roles.map(({ account, arn, stackId }) => [account, { arn, stackId }]));
  return [...accounts].map(([account, { arn, stackId }]) => ({
    kind: 'account',
    arn: '*',
    name: account,
    account,
    partition: arn.split(':')[1] ?? '',
    region: '',
    stackId,
  }));
}

/**
 * The policies of a role that reads a thousand streams, without the resources of other accounts than
 * the one asked for, which cannot match: the simulator compares every one.
 */
class NarrowedPolicies {
  private readonly known = new Map<readonly NamedPolicy[], Map<string, readonly NamedPolicy[]>>();

  of({ policies }: Principal, target: string): readonly NamedPolicy[] {
    const account = accountOf(target) ?? '';
    const byAccount = this.known.get(policies) ?? new Map<string, readonly NamedPolicy[]>();
    this.known.set(policies, byAccount);
    const narrowed =
      byAccount.get(account) ??
      policies.map(({ name, document }) => ({ name, document: narrow(document, account) }));
    byAccount.set(account, narrowed);
    return narrowed;
  }
}

function narrow(document: PolicyDocument, account: string): PolicyDocument {
  return {
    ...document,
    Statement: listOf(document.Statement).flatMap((statement) => {
      if (statement.Resource === undefined) return [statement];
      const Resource = listOf(statement.Resource).filter((pattern) => {
        const of = accountOf(pattern);
        return of === undefined || of === account || /[*?$]/.test(of);
      });
      return Resource.length > 0 ? [{ ...statement, Resource }] : [];
    }),
  };
}

/** The account in an ARN or a pattern; undefined for what is not divided into the parts of an ARN. */
function accountOf(arn: string): string | undefined {
  const parts = arn.split(':');
  return parts.length >= 6 && !parts.slice(0, 4).join('').includes('*') ? parts[4] : undefined;
}
