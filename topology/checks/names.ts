import { TAGS } from '../limits';
import { formatPath, type Problem } from '../problem';
import {
  consumerStackId,
  producerAccounts,
  producerStackId,
  subscriptionStackId,
} from '../stack-ids';
import { at, type Declared, type Report, sound, soundList } from './declared';

/**
 * Names a folder of the output, an object of the state, and, between the name of a function and
 * `-failed-invokes`, an alarm, whose name has at most 255 characters.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const STACK_ID_LENGTH = 175;

export function tags({ tags }: Declared, report: Report): void {
  const own = 'Topology';
  const most = TAGS.count - 1;
  if (Object.keys(tags).length > most) {
    report(
      ['tags'],
      `must be at most ${most} tags, since ${own} is one of the ${TAGS.count} AWS allows`,
    );
  }
  const seen = new Set([own.toLowerCase()]);
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
    // IAM does not tell tag keys by case.
    if (seen.has(key.toLowerCase()))
      refuse(`must differ from the other tags and from ${own}, whatever the case`);
    seen.add(key.toLowerCase());
  }
}

export function distinctNames(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  const taken = new Map<string, string>();
  /** Reports a key that another place has claimed. */
  const claim = (key: string, path: Problem['path'], message: string, received?: string) => {
    const owner = taken.get(key);
    if (owner !== undefined) report(path, `${message}, which ${owner} has`, received);
    else taken.set(key, formatPath(path));
  };
  const claimStack = (id: string, path: Problem['path']) => {
    claim(`stack ${id}`, path, `must have a name that does not make the stack id ${id}`);
    if (id.length > STACK_ID_LENGTH) {
      report(
        path,
        `must have a shorter name; the stack id ${id} has over ${STACK_ID_LENGTH} characters`,
      );
    }
  };

  for (const [name, consumer] of sound(consumers)) {
    const { role, function: settings } = consumer;
    const path = ['consumers', name];
    claimStack(consumerStackId(name), path);
    const account = at(accounts, consumer.account);
    if (!account) continue;
    // IAM does not tell names by case.
    const roleKey = `role ${account.id} ${role.name.toLowerCase()}`;
    claim(roleKey, [...path, 'role', 'name'], 'must be another name in the account', role.name);
    const functionKey = `function ${account.id} ${account.region} ${settings.name}`;
    claim(
      functionKey,
      [...path, 'function', 'name'],
      'must be another name in the account',
      settings.name,
    );
  }
  for (const [name, producer] of sound(producers)) {
    for (const { account: accountName, idPart } of producerAccounts(producer)) {
      const path = ['producers', name];
      claimStack(producerStackId(name, idPart), path);
      const account = at(accounts, accountName);
      const table = (producer.table ?? producer.existingTable)?.name;
      if (!account || !table) continue;
      const message = `must have a table of its own in ${accountName}, since a stream has one policy; ${table} is the table`;
      claim(`table ${account.id} ${account.region} ${table}`, path, message);
    }
  }
  const pairs = new Set<string>();
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    const settings = at(producers, producer);
    if (!settings || pairs.has(`${producer} ${consumer}`)) continue; // subscriptionPairs reports those
    pairs.add(`${producer} ${consumer}`);
    for (const { idPart } of producerAccounts(settings)) {
      claimStack(subscriptionStackId(producer, idPart, consumer), ['subscriptions', index]);
    }
  }
}
