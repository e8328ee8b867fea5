import { arns } from '../topology/arns';
import { IAM } from '../topology/limits';
import type { ResolvedConsumer, ResolvedProducer, TableReference } from '../topology/resolve';
import type { Encryption } from '../topology/schema/encryption';
import { ACTIONS } from './actions';
import { through } from './resource-policies';
import {
  type Condition,
  condition,
  policySize,
  renderStatement,
  type Statement,
} from './statement';

type Role = ResolvedConsumer['role'];
type PollerOnly = Pick<Role, 'pollerOnly'>;

/**
 * Lambda itself asks, not the function's code, whose requests all have this key. AWS's page names reading from
 * an event source mapping and calls to KMS among those that are made without it; not tried on AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export const notFromCode = ({ pollerOnly }: PollerOnly): Condition[] =>
  pollerOnly ? [condition('Null', 'lambda:SourceFunctionArn', 'true')] : [];

export const listStreams = (role: PollerOnly): Statement => ({
  sid: 'ListStreams',
  actions: ACTIONS.listStreams,
  resources: ['*'],
  condition: notFromCode(role),
});

/**
 * What the role of another team needs to read the stream, without `Sid`, since it may read other streams too.
 *
 * @param kmsKeyArn customer managed key of the table
 */
export function readerStatements({ source }: ResolvedProducer, kmsKeyArn?: string): object[] {
  const encryption = kmsKeyArn === undefined ? source.encryption : { kmsKeyArn };
  const role = { pollerOnly: true };
  const statements = [
    ...streamPolicies([{ ...source, encryption }], role).flat(),
    listStreams(role),
  ];
  return statements.map(({ sid, ...statement }) => renderStatement(statement));
}

const READ_STREAMS = 'ReadStreams';

/** Characters of the first policies of a role that are left to `functionPolicy`, without and with a key of the consumer. */
const FUNCTION_POLICY_SIZE = { plain: 2_048, encrypted: 4_096 };

/**
 * Read access to the streams of these tables, and to the tables that the function's code reads itself, in as many
 * policies as IAM's size quotas ask for: the first is to be an inline policy of the role, the others managed policies.
 * Each is filled in the order of the tables before the next begins, so a table at the end of the file changes the last one.
 * A role that others made gets managed policies only, the first with what `functionPolicy` has.
 *
 * @param network what `networkPolicy` has, a further inline policy
 */
export function streamPolicies(
  tables: readonly TableReference[],
  role: PollerOnly & Partial<Pick<Role, 'type'>>,
  encryption: Encryption = 'aws-owned',
  network: readonly Statement[] = [],
): Statement[][] {
  const ofFunction = FUNCTION_POLICY_SIZE[encryption === 'aws-owned' ? 'plain' : 'encrypted'];
  const { inlinePoliciesSize, managedPolicySize } = IAM;
  const first = role.type === 'existing' ? managedPolicySize : inlinePoliciesSize;
  const ofNetwork = network.length > 0 ? policySize(network) : 0;
  const policies: Statement[][] = [];
  for (const grants of grantsByTable(tables, role)) {
    const sizeLimit = policies.length <= 1 ? first - ofFunction - ofNetwork : managedPolicySize;
    const extended = grants.reduce(addGrant, policies.at(-1) ?? []);
    if (policies.length > 0 && policySize(extended) <= sizeLimit) policies.splice(-1, 1, extended);
    else policies.push(grants.reduce(addGrant, []));
  }
  return policies;
}

export function streamCount(policies: readonly Statement[][]): number {
  const reading = policies.flat().filter(({ sid }) => sid === READ_STREAMS);
  return reading.flatMap(({ resources }) => resources).length;
}

interface Grant extends Omit<Statement, 'resources'> {
  readonly resource: string;
}

function addGrant(policy: Statement[], { resource, ...statement }: Grant): Statement[] {
  const existing = policy.find(({ sid }) => sid === statement.sid);
  const extended = { ...statement, resources: [...(existing?.resources ?? []), resource] };
  return existing
    ? policy.map((other) => (other === existing ? extended : other))
    : [...policy, extended];
}

/** What each table needs, which goes into one policy; nothing is granted twice. */
function grantsByTable(tables: readonly TableReference[], role: PollerOnly): Grant[][] {
  const condition = notFromCode(role);
  const names = [...new Set(tables.map(({ name }) => name))];
  const granted = new Set<string>();
  const isNew = ({ sid, resource }: Grant) => {
    const key = `${sid} ${resource}`;
    return !granted.has(key) && granted.add(key);
  };
  return tables
    .map((table) => {
      // Any stream of the table: the ARN of its stream is not known before the producer's stack is deployed.
      const resource = `${arns.streams(table)}*`;
      const read = { sid: READ_STREAMS, actions: ACTIONS.readStream, condition, resource };
      const number = names.indexOf(table.name) + 1;
      const items = table.readTable ? arns.tableAndIndexes(table).map(readItems) : [];
      return [read, ...items, ...decryption(table, number, role)].filter(isNew);
    })
    .filter((grants) => grants.length > 0);
}

const readItems = (resource: string): Grant => ({
  sid: 'ReadTables',
  actions: ACTIONS.readTable,
  resource,
});

/**
 * The table's customer managed key, through DynamoDB only; for the function's code too, where that reads the table. A
 * key that the producer's stack makes has no ARN yet: the grant is for the key of this one table, which DynamoDB names
 * in the encryption context, among the keys of its account; the key's own policy decides which of them that is.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
function decryption(
  { account, name, encryption, readTable }: TableReference,
  number: number,
  role: PollerOnly,
): Grant[] {
  if (encryption === 'aws-owned') return [];
  const actions = ACTIONS.decrypt;
  // One statement has one set of conditions.
  const forCode = readTable ? 'ForCode' : '';
  const byLambda = readTable ? [] : notFromCode(role);
  const viaDynamodb = [...byLambda, through('dynamodb', account.region)];
  if (encryption !== 'customer-managed') {
    const sid = `DecryptKeys${forCode}`;
    return [{ sid, actions, condition: viaDynamodb, resource: encryption.kmsKeyArn }];
  }
  const sid = `DecryptTable${forCode}${number}`;
  const ofTable = condition(
    role.pollerOnly ? 'StringEquals' : 'StringEqualsIfExists',
    'kms:EncryptionContext:aws:dynamodb:tableName',
    name,
  );
  return [{ sid, actions, condition: [...viaDynamodb, ofTable], resource: arns.keys(account) }];
}
