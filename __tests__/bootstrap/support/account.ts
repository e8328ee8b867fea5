import { readFileSync } from 'node:fs';
import type { PolicyDocument, PolicyStatement } from '../../../review/read/policy-document';
import { arns, type Place } from '../../../topology/arns';
import { names } from '../../../topology/names';

/** The variables of `bootstrap/account` that documents depend on. */
export interface BootstrappedAccount {
  readonly account: Place;
  readonly topologies: readonly string[];
  readonly consumers: readonly {
    readonly name: string;
    readonly role: string;
    readonly function: string;
    readonly lake?: boolean;
    readonly exists?: 'role' | 'function';
  }[];
  readonly tables: readonly string[];
}

const place = (id: string): Place => ({ id, region: 'us-east-1', partition: 'aws' });

/** The accounts of docs/first-deploy.md. */
export const ANALYTICS: BootstrappedAccount = {
  account: place('111122223333'),
  topologies: ['orders'],
  consumers: [
    { name: 'process-orders', role: 'CrossAccountStreamProcessor', function: 'ProcessOrders' },
  ],
  tables: [],
};
export const SHOP: BootstrappedAccount = {
  account: place('444455556666'),
  topologies: ['orders'],
  consumers: [],
  tables: ['Orders'],
};

export type Document = PolicyDocument & { readonly Statement: readonly PolicyStatement[] };

/** The documents that `bootstrap/account` makes, by the names of their policies. */
export function documentsOf(bootstrapped: BootstrappedAccount) {
  const { consumers, tables } = bootstrapped;
  const values = placeholders(bootstrapped);
  const kinds = [
    ...(consumers.length > 0 ? ['consumer', 'subscription'] : []),
    ...(consumers.some(({ lake }) => lake) ? ['lake'] : []),
    ...(tables.length > 0 ? ['producer'] : []),
  ];
  const ofKinds = (
    suffix: string,
    isIn: (statement: PolicyStatement) => boolean,
  ): Record<string, Document> =>
    Object.fromEntries(
      kinds.map((kind) => {
        const Statement = statements(`account/policies/${kind}`, values).filter(isIn);
        return [`Terraform-${kind}-${suffix}`, { Version: '2012-10-17', Statement }];
      }),
    );
  const read = ofKinds('read', ({ Sid }) => Sid?.startsWith('Read') === true);
  const document = (name: string): Document => ({
    Version: '2012-10-17',
    Statement: statements(`account/policies/${name}`, values),
  });
  return {
    deploy: { ...read, ...ofKinds('change', ({ Sid }) => !Sid?.startsWith('Read')) },
    read,
    boundary: document('boundary'),
    redrive: document('redrive'),
  };
}

/** The statements of a template, but those about nothing. */
export function statements(
  template: string,
  values: Readonly<Record<string, string | readonly string[]>>,
): PolicyStatement[] {
  const text = readFileSync(`bootstrap/${template}.json.tftpl`, 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_, name: string) => {
      if (values[name] === undefined) throw new Error(`${template} has an unknown ${name}`);
      return JSON.stringify(values[name]);
    },
  );
  const { Statement } = JSON.parse(text) as { Statement: PolicyStatement[] };
  return Statement.filter(({ Resource = [] }) => Resource.length > 0);
}

/** As bootstrap/account/main.tf has them, by the project's own names and ARNs. */
function placeholders({ account, topologies, consumers, tables }: BootstrappedAccount) {
  const regional = (service: string, resource: string) =>
    `arn:${account.partition}:${service}:${account.region}:${account.id}:${resource}`;
  const functions = consumers.map((consumer) => consumer.function);
  const made = consumers.filter(({ exists }) => exists === undefined);
  const madeFunctions = consumers
    .filter(({ exists }) => exists !== 'function')
    .map((consumer) => consumer.function);
  const roleOf = ({ role }: { role: string }) => arns.role(account, { path: '/', name: role });
  const found = consumers.filter(({ exists }) => exists === 'role').map(roleOf);
  const lakes = consumers.filter(({ lake }) => lake);
  const logGroups = madeFunctions.map((name) => arns.logGroup(account, names.logGroup(name)));
  const topics = functions.map((name) => arns.topic(account, names.topic(name)));
  const failed = consumers.map(({ name }) => arns.bucket(account, `${name}-failed-batches-*`));
  const changes = lakes.map(({ name }) => arns.bucket(account, `${name}-changes-*`));
  const ofTables = tables.map((name) => ({ account, name }));
  return {
    role_arns: made.map(roleOf),
    found_role_arns: found,
    passed_role_arns: [...made.map(roleOf), ...found],
    role_policy_arns: made.flatMap(({ role }) =>
      ['streams-*', 'statements'].map(
        (policy) =>
          `arn:${account.partition}:iam::${account.id}:policy/${names.managedPolicy(role, policy)}`,
      ),
    ),
    boundary_arn: `arn:${account.partition}:iam::${account.id}:policy/streams-bootstrap/StreamFunctionBoundary`,
    function_arns: functions.map((name) => arns.function(account, name)),
    made_function_arns: madeFunctions.map((name) => arns.function(account, name)),
    mapping_arn: regional('lambda', 'event-source-mapping:*'),
    log_group_arns: logGroups.flatMap((arn) => [arn, `${arn}:*`]),
    alarm_arns: functions.map((name) => regional('cloudwatch', `alarm:${names.alarm(name, '*')}`)),
    any_alarm_arn: regional('cloudwatch', 'alarm:*'),
    dashboard_arns: functions.map(
      (name) =>
        `arn:${account.partition}:cloudwatch::${account.id}:dashboard/${names.dashboard(name, account.region)}`,
    ),
    topic_arns: topics.flatMap((arn) => [arn, `${arn}:*`]),
    consumer_alias_arns: functions.flatMap((name) => [
      regional('kms', names.functionKeyAlias(name)),
      regional('kms', names.topicKeyAlias(names.topic(name))),
    ]),
    failed_batch_arns: failed,
    failed_object_arns: failed.map((arn) => `${arn}/aws/lambda/*`),
    lake_arns: changes,
    lake_object_arns: changes.map((arn) => `${arn}/*`),
    workgroup_arns: lakes.map((lake) => regional('athena', `workgroup/${lake.function}`)),
    catalog_arns: lakes.flatMap(({ name }) => [
      regional('glue', 'catalog'),
      regional('glue', `database/*__${name.replaceAll('-', '_')}`),
      regional('glue', `table/*__${name.replaceAll('-', '_')}/*`),
    ]),
    table_arns: ofTables.map(arns.table),
    stream_arns: ofTables.map((table) => `${arns.streams(table)}*`),
    table_alias_arns: tables.map((name) => regional('kms', names.tableKeyAlias(name))),
    any_stream_arn: `arn:${account.partition}:dynamodb:*:*:table/*/stream/*`,
    key_arn: arns.keys(account),
    topologies,
  };
}
