import { arns, parseArn, roleName } from '../../topology/arns';
import {
  consumerStackId,
  names,
  producerStackId,
  STACK_ID_LENGTH,
  subscriptionStackId,
} from '../../topology/names';
import { formatPath, type Problem, type Report } from '../../topology/problem';
import {
  at,
  type Consumer,
  type Declared,
  functionOf,
  roleArnOf,
  sound,
  soundList,
  tablesOf,
} from './declared';

/** What only one entry can have, and the entry of each. */
export function distinctNames(declared: Declared, report: Report): void {
  const { accounts, consumers, producers, subscriptions } = declared;
  const taken = rolesOfTerraform(declared);
  const claim = (
    key: string,
    path: Problem['path'],
    refusal: (owner: string) => string,
    received?: string,
  ) => {
    const owner = taken.get(key);
    if (owner !== undefined) report(path, refusal(owner), received);
    else taken.set(key, formatPath(path));
  };
  const claimName = (key: string, path: Problem['path'], name: string) =>
    claim(key, path, (owner) => `is the name of ${owner} already; choose another`, name);
  const claimStack = (id: string, path: Problem['path']) => {
    const message = `has the stack id ${id}, which is that of`;
    claim(`stack ${id}`, path, (owner) => `${message} ${owner} already; rename one of them`);
    if (id.length <= STACK_ID_LENGTH) return;
    const short = `must have a shorter name; the stack id ${id} has more than ${STACK_ID_LENGTH} characters`;
    report(path, short);
  };

  for (const [name, consumer] of sound(consumers)) {
    const path = ['consumers', name];
    claimStack(consumerStackId(name), path);
    const account = at(accounts, consumer.account);
    if (!account) continue;
    const role = roleName(roleArnOf(consumer, account) ?? '');
    claimName(roleKey(account.id, role), [...path, ...roleKeys(consumer)], role);
    const lambda = functionOf(consumer);
    const key = `function ${account.id} ${account.region} ${lambda.name}`;
    claimName(key, [...path, lambda.place, 'name'], lambda.name);
  }
  for (const [name, producer] of sound(producers)) {
    for (const { owner: accountName, idPart, table } of tablesOf(producer, accounts)) {
      const path = ['producers', name];
      if (!producer.existingStream) claimStack(producerStackId(name, idPart), path);
      if (!table) continue;
      claim(`table ${arns.table(table)}`, path, (owner) =>
        owner === formatPath(path)
          ? `must name each account once; ${accountName} has the id and the Region of another of its accounts`
          : `must have another table; ${table.name} in ${accountName} is the table of ${owner} already, to which several consumers can subscribe`,
      );
    }
  }
  const pairs = new Set<string>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const settings = at(producers, producer);
    if (!settings || pairs.has(`${producer} ${consumer}`)) continue; // readersPerStream reports those
    pairs.add(`${producer} ${consumer}`);
    const reader = at(consumers, consumer);
    const account = reader?.alarms && at(accounts, reader.account);
    for (const { idPart } of tablesOf(settings, accounts)) {
      const id = subscriptionStackId(producer, idPart, consumer);
      const path = ['subscriptions', index];
      claimStack(id, path);
      if (!account) continue;
      // What follows differs by alarm, and from what follows a function's name in the alarms of a function.
      const alarms = names.mappingAlarms(functionOf(reader).name, id);
      const message = `must have another function, producer or consumer name: its alarms begin with ${alarms}, as those of`;
      const key = `alarms ${account.id} ${account.region} ${alarms}`;
      claim(key, path, (owner) => `${message} ${owner} do`);
    }
  }
}

/** Where a consumer says which role it has. */
function roleKeys({ role }: Consumer): string[] {
  if (!role) return ['existingFunction', 'roleArn'];
  return ['role', 'name' in role ? 'name' : 'existing'];
}

/**
 * Where the file names the roles with which Terraform deploys and keeps its state. An execution role
 * of such a name would fail to be created, and importing it would change who may assume that role.
 */
export function rolesOfTerraform({ accounts, state }: Declared): Map<string, string> {
  const arns = [...sound(accounts)].flatMap(([name, { deployRole, stateRoleArn }]) => [
    { place: `accounts.${name}.deployRole.arn`, arn: deployRole?.arn },
    { place: `accounts.${name}.stateRoleArn`, arn: stateRoleArn },
  ]);
  const roles = new Map<string, string>();
  for (const { place, arn } of [{ place: 'state.roleArn', arn: state?.roleArn }, ...arns]) {
    if (arn === undefined) continue;
    roles.set(roleKeyOf(arn), place);
  }
  return roles;
}

export const roleKeyOf = (arn: string) => roleKey(parseArn(arn).id, roleName(arn));

/** Role names are case-insensitive, and unique whatever their paths. */
function roleKey(account: string, name: string): string {
  return `role ${account} ${name.toLowerCase()}`;
}
