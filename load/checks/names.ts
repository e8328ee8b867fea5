import { parseArn } from '../../topology/arns';
import { TAGS } from '../../topology/limits';
import {
  consumerStackId,
  names,
  producerAccounts,
  producerStackId,
  STACK_ID_LENGTH,
  subscriptionStackId,
} from '../../topology/names';
import { formatPath, type Problem } from '../../topology/problem';
import { at, type Declared, type Report, sound, soundList } from './declared';

export function tags({ tags }: Declared, report: Report): void {
  const own = 'Topology';
  const most = TAGS.count - 1;
  if (Object.keys(tags).length > most) {
    report(
      ['tags'],
      `must be at most ${most} tags, since ${own} is one of the ${TAGS.count} AWS allows`,
    );
  }
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(tags)) {
    const refuse = (message: string) => report(['tags', key], message, value);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u.test(key)) {
      refuse('must have a key of letters, digits, spaces and _.:/=+-@');
    }
    if (/^aws:/i.test(key)) refuse('must not begin with aws:, which AWS reserves');
    if (key.length > TAGS.keyLength.max) {
      refuse(`must have at most ${TAGS.keyLength.max} characters in its key`);
    }
    if (value.length > TAGS.valueLength.max) {
      refuse(`must be at most ${TAGS.valueLength.max} characters`);
    }
    if (key.toLowerCase() === own.toLowerCase()) {
      refuse(
        `must be left out, since every resource has a tag ${own} already, and IAM ignores case`,
      );
    } else if (seen.has(key.toLowerCase())) {
      refuse('must be another key: a tag above has this one already, and IAM ignores case');
    }
    seen.add(key.toLowerCase());
  }
}

export function distinctNames(
  { accounts, consumers, producers, subscriptions, state }: Declared,
  report: Report,
): void {
  const taken = new Map<string, string>();
  /** Reports a key that another place has claimed. */
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
  const claimName = (key: string, path: Problem['path'], name: string) => {
    claim(key, path, (owner) => `is the name of ${owner} already; choose another`, name);
  };
  const claimStack = (id: string, path: Problem['path'], renamed = 'it') => {
    claim(
      `stack ${id}`,
      path,
      (owner) => `has the stack id ${id}, which is that of ${owner} already; rename ${renamed}`,
    );
    if (id.length > STACK_ID_LENGTH) {
      report(
        path,
        `must have a shorter name; the stack id ${id} has more than ${STACK_ID_LENGTH} characters`,
      );
    }
  };

  const deployRoles = rolesOfTerraform(accounts, state);
  for (const [name, consumer] of sound(consumers)) {
    const { role, function: settings } = consumer;
    const path = ['consumers', name];
    claimStack(consumerStackId(name), path);
    const account = at(accounts, consumer.account);
    if (!account) continue;
    const rolePath = [...path, 'role', 'name'];
    const key = roleKey(account.id, role.name);
    const owner = deployRoles.get(key);
    if (owner === undefined) claimName(`role ${key}`, rolePath, role.name);
    else {
      const message = `is the name of the role ${owner}, which Terraform itself assumes; choose another`;
      report(rolePath, message, role.name);
    }
    const functionKey = `function ${account.id} ${account.region} ${settings.name}`;
    claimName(functionKey, [...path, 'function', 'name'], settings.name);
  }
  for (const [name, producer] of sound(producers)) {
    for (const { account: accountName, idPart } of producerAccounts(producer)) {
      const path = ['producers', name];
      claimStack(producerStackId(name, idPart), path);
      const account = at(accounts, accountName);
      const table = (producer.table ?? producer.existingTable)?.name;
      if (!account || !table) continue;
      claim(`table ${account.id} ${account.region} ${table}`, path, (owner) =>
        owner === formatPath(path)
          ? `must name each account once; ${accountName} has the id and the Region of another of its accounts`
          : `must have another table; ${table} in ${accountName} is the table of ${owner} already, to which several consumers can subscribe`,
      );
    }
  }
  const pairs = new Set<string>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const settings = at(producers, producer);
    if (!settings || pairs.has(`${producer} ${consumer}`)) continue; // subscriptionPairs reports those
    pairs.add(`${producer} ${consumer}`);
    const reader = at(consumers, consumer);
    const account = reader?.alarms && at(accounts, reader.account);
    for (const { idPart } of producerAccounts(settings)) {
      const id = subscriptionStackId(producer, idPart, consumer);
      const path = ['subscriptions', index];
      claimStack(id, path, 'its producer or consumer');
      if (!account) continue;
      // What follows differs by alarm, and from what follows a function's name in the alarms of a function.
      const alarms = names.mappingAlarms(reader.function.name, id);
      claim(
        `alarms ${account.id} ${account.region} ${alarms}`,
        path,
        (owner) =>
          `must have another function, producer or consumer name: its alarms begin with ${alarms}, as those of ${owner} do`,
      );
    }
  }
}

/**
 * Where the file names the roles with which Terraform deploys and keeps its state. An execution role
 * of such a name would fail to be created, and importing it would change who may assume that role.
 */
function rolesOfTerraform(
  accounts: Declared['accounts'],
  state: Declared['state'],
): ReadonlyMap<string, string> {
  const arns: [place: string, arn: string | undefined][] = [['state.roleArn', state?.roleArn]];
  for (const [name, { deployRole, stateRoleArn }] of sound(accounts)) {
    arns.push([`accounts.${name}.deployRole.arn`, deployRole?.arn]);
    arns.push([`accounts.${name}.stateRoleArn`, stateRoleArn]);
  }
  return new Map(
    arns.flatMap(([place, arn]) => {
      if (arn === undefined) return [];
      const { id, resource } = parseArn(arn);
      return [[roleKey(id, resource.split('/').at(-1) ?? ''), place]];
    }),
  );
}

/** Role names are case-insensitive, and unique whatever their paths. */
function roleKey(account: string, name: string): string {
  return `${account} ${name.toLowerCase()}`;
}
