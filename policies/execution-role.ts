import { arns } from '../topology/arns';
import { IAM } from '../topology/limits';
import type { ResolvedConsumer, TableReference } from '../topology/resolve';
import {
  ASSUME_ROLE,
  CREATE_LOG,
  DECRYPT,
  LIST_OBJECTS,
  LIST_STREAMS,
  READ_STREAM,
  WRITE_LOG,
  WRITE_OBJECT,
} from './actions';
import { throughDynamodb } from './key-policy';
import { type Condition, condition, policySize, type Statement } from './statement';

/** Lambda may assume the role. */
export function trustPolicy(): Statement[] {
  return [
    {
      sid: 'AllowLambda',
      principals: [{ type: 'Service', identifiers: ['lambda.amazonaws.com'] }],
      actions: ASSUME_ROLE,
    },
  ];
}

/** What the function writes to. */
export interface FunctionTargets {
  /** ARN of the function's log group, without `:*`. */
  readonly logGroupArn: string;
  readonly failedBatchesArn: string;
  /** ID of the account that owns the bucket. */
  readonly bucketOwner: string;
}

/** Whether the function's own code is refused what only Lambda needs. */
type PollerOnly = Pick<ResolvedConsumer['role'], 'pollerOnly'>;

/**
 * Lambda itself asks, not the function's code, whose requests all have this key. AWS's page names reading from
 * an event source mapping and calls to KMS among those that are made without it; not tried on AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
const NOT_FROM_CODE = condition('Null', 'lambda:SourceFunctionArn', 'true');

/** Whoever deletes a bucket leaves its name to others. */
export function ofBucketOwner(account: string): Condition {
  return condition('StringEquals', 's3:ResourceAccount', account);
}

/**
 * What the function needs whatever it reads: its log, the bucket of its failed batches, its sink, and
 * the list of streams.
 */
export function functionPolicy(
  { logGroupArn, failedBatchesArn, bucketOwner }: FunctionTargets,
  ofSink: readonly Statement[],
  { pollerOnly }: PollerOnly,
): Statement[] {
  const byLambda = pollerOnly ? [NOT_FROM_CODE] : [];
  const failed = { condition: [...byLambda, ofBucketOwner(bucketOwner)] };
  return [
    // AWS's pages name the group both ways for this action.
    { sid: 'CreateLog', actions: CREATE_LOG, resources: [logGroupArn, `${logGroupArn}:*`] },
    { sid: 'WriteLog', actions: WRITE_LOG, resources: [`${logGroupArn}:*`] },
    { sid: 'ListFailedBatches', actions: LIST_OBJECTS, resources: [failedBatchesArn], ...failed },
    {
      sid: 'SendFailedBatches',
      actions: WRITE_OBJECT,
      resources: [`${failedBatchesArn}/aws/lambda/*`],
      ...failed,
    },
    ...ofSink,
    { sid: 'ListStreams', actions: LIST_STREAMS, resources: ['*'], condition: byLambda },
  ];
}

const READ_STREAMS = 'ReadStreams';

/** Characters of the role's inline policies that are left to `functionPolicy`. */
const FUNCTION_POLICY_SIZE = 2_048;

/**
 * Read access to the streams of these tables, in as many policies as IAM's size quotas ask for: the
 * first is to be an inline policy of the role, the others managed policies. Each is filled in the
 * order of the tables before the next begins, so a table at the end of the file changes the last one.
 */
export function streamPolicies(tables: readonly TableReference[], role: PollerOnly): Statement[][] {
  const policies: Statement[][] = [];
  for (const grants of grantsByTable(tables, role)) {
    const sizeLimit =
      policies.length <= 1 ? IAM.inlinePoliciesSize - FUNCTION_POLICY_SIZE : IAM.managedPolicySize;
    const extended = grants.reduce(addGrant, policies.at(-1) ?? []);
    if (policies.length > 0 && policySize(extended) <= sizeLimit) policies.splice(-1, 1, extended);
    else policies.push(grants.reduce(addGrant, []));
  }
  return policies;
}

/** How many streams these policies let a role read. */
export function streamCount(policies: readonly Statement[][]): number {
  return policies
    .flat()
    .filter(({ sid }) => sid === READ_STREAMS)
    .reduce((count, { resources = [] }) => count + resources.length, 0);
}

/** One resource of a statement. */
interface Grant {
  readonly statement: Statement;
  readonly resource: string;
}

function addGrant(policy: Statement[], { statement, resource }: Grant): Statement[] {
  const existing = policy.find(({ sid }) => sid === statement.sid);
  const extended = { ...statement, resources: [...(existing?.resources ?? []), resource] };
  return existing
    ? policy.map((other) => (other === existing ? extended : other))
    : [...policy, extended];
}

/** What each table needs, which goes into one policy; nothing is granted twice. */
function grantsByTable(tables: readonly TableReference[], { pollerOnly }: PollerOnly): Grant[][] {
  const byLambda = pollerOnly ? [NOT_FROM_CODE] : [];
  const reading = { sid: READ_STREAMS, actions: READ_STREAM, condition: byLambda };
  const numbers = new Map<string, number>();
  for (const { name } of tables) numbers.set(name, numbers.get(name) ?? numbers.size + 1);
  const granted = new Set<string>();
  return tables
    .map((table) => [
      // Any stream of the table: the ARN of its stream is not known before the producer's stack is deployed.
      { statement: reading, resource: `${arns.streams(table)}*` },
      ...decryption(table, `DecryptTable${numbers.get(table.name)}`, byLambda),
    ])
    .map((grants) =>
      grants.filter(({ statement, resource }) => {
        const key = `${statement.sid} ${resource}`;
        return !granted.has(key) && granted.add(key);
      }),
    )
    .filter((grants) => grants.length > 0);
}

/**
 * The table's customer managed key, through DynamoDB only. A key that the producer's stack makes has
 * no ARN yet: the grant is for the key of this one table, which DynamoDB names in the encryption
 * context, among the keys of its account; the key's own policy decides which of them that is.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function decryption(
  { account, name, encryption }: TableReference,
  sid: string,
  byLambda: readonly Condition[],
): Grant[] {
  if (encryption === 'aws-owned') return [];
  const through = [...byLambda, throughDynamodb(account.region)];
  if (encryption !== 'customer-managed') {
    const statement = { sid: 'DecryptKeys', actions: DECRYPT, condition: through };
    return [{ statement, resource: encryption.kmsKeyArn }];
  }
  const ofTable = condition(
    byLambda.length > 0 ? 'StringEquals' : 'StringEqualsIfExists',
    'kms:EncryptionContext:aws:dynamodb:tableName',
    name,
  );
  const statement = { sid, actions: DECRYPT, condition: [...through, ofTable] };
  return [{ statement, resource: arns.keys(account) }];
}
