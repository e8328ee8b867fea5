import { parseArn, partitionOf } from '../../topology/arns';
import { producerAccounts } from '../../topology/names';
import { didYouMean, type Problem } from '../../topology/problem';
import type { Topology } from '../../topology/schema';
import { at, type Declared, type Entries, type Report, sound, soundList } from './declared';

/** Names that are listed before "and others". */
const LISTED = 20;

/** Names that stand for other entries of the file. */
export function references(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  const known = (entries: Entries<unknown>, what: string, path: Problem['path'], name: string) => {
    if (Object.hasOwn(entries, name)) return;
    report(path, `must be the name of ${what} in this file (${namesOf(entries, name)})`, name);
  };
  for (const [name, { account }] of sound(consumers)) {
    known(accounts, 'an account', ['consumers', name, 'account'], account);
  }
  for (const [name, producer] of sound(producers)) {
    if (producer.account !== undefined) {
      known(accounts, 'an account', ['producers', name, 'account'], producer.account);
    }
    for (const [index, account] of (producer.accounts ?? []).entries()) {
      known(accounts, 'an account', ['producers', name, 'accounts', index], account);
    }
  }
  for (const [index, { producer, consumer }] of soundList(subscriptions)) {
    known(producers, 'a producer', ['subscriptions', index, 'producer'], producer);
    known(consumers, 'a consumer', ['subscriptions', index, 'consumer'], consumer);
  }
}

export function arnsOfTheAccount({ accounts, consumers }: Declared, report: Report): void {
  const agree = (
    path: Problem['path'],
    arn: string | undefined,
    account: Topology['accounts'][string] | undefined,
  ) => {
    if (arn === undefined || account === undefined) return;
    const { partition, id: owner } = parseArn(arn);
    if (partition !== partitionOf(account.region)) {
      report(
        path,
        `must be in the partition ${partitionOf(account.region)} of the Region ${account.region}`,
        arn,
      );
    }
    if (owner !== account.id && owner !== 'aws') {
      report(path, `must be an ARN of the account ${account.id}`, arn);
    }
  };
  for (const [name, account] of sound(accounts)) {
    agree(['accounts', name, 'deployRole', 'arn'], account.deployRole?.arn, account);
  }
  for (const [name, { account, role }] of sound(consumers)) {
    const path = ['consumers', name, 'role'];
    agree([...path, 'permissionsBoundary'], role.permissionsBoundary, at(accounts, account));
    for (const [index, arn] of role.managedPolicyArns.entries()) {
      if (role.managedPolicyArns.indexOf(arn) !== index) {
        report([...path, 'managedPolicyArns', index], 'must be named once', arn);
      }
      agree([...path, 'managedPolicyArns', index], arn, at(accounts, account));
    }
  }
}

export function sameRegion(
  { accounts, consumers, producers, subscriptions }: Declared,
  report: Report,
): void {
  for (const [index, subscription] of soundList(subscriptions)) {
    const producer = at(producers, subscription.producer);
    const consumer = at(consumers, subscription.consumer);
    const to = consumer && at(accounts, consumer.account);
    if (!producer || !to) continue;
    for (const { account } of producerAccounts(producer)) {
      const from = at(accounts, account);
      if (from && from.region !== to.region) {
        report(
          ['subscriptions', index],
          `must join accounts of one Region, since Lambda reads streams of its own Region only: ${account} is in ${from.region}, ${consumer.account} in ${to.region}`,
        );
      }
    }
  }
}

export function alarmTopic({ accounts, consumers }: Declared, report: Report): void {
  for (const [name, { account, alarms }] of sound(consumers)) {
    const region = at(accounts, account)?.region;
    if (!alarms || alarms.topicArn === undefined || region === undefined) continue;
    const topic = parseArn(alarms.topicArn);
    if (topic.region !== region || topic.partition !== partitionOf(region)) {
      const message = `must be a topic of the Region ${region} (arn:${partitionOf(region)}:sns:${region}:…), in which the alarms are`;
      report(['consumers', name, 'alarms', 'topicArn'], message, alarms.topicArn);
    }
  }
}

/** The first names, since a file may have many, and the one that was meant. */
function namesOf(entries: Entries<unknown>, given: string): string {
  const names = Object.keys(entries);
  const listed = names.slice(0, LISTED).join(', ') || 'none';
  const meant = names.length > 1 ? didYouMean(given, names).trim() : '';
  return [listed + (names.length > LISTED ? ' and others' : ''), meant].filter(Boolean).join('; ');
}
