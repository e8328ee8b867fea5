import { partitionOf } from '../../topology/arns';
import { sinkKind } from '../../topology/sinks';
import { inRegion, ofAccount } from './arns';
import {
  type Account,
  at,
  type CheckOf,
  type Consumer,
  ofFunction,
  ofRole,
  refer,
} from './declared';
import { OF_FUNCTION } from './function';
import { OF_ROLE } from './role';

type Check = CheckOf<Consumer>;

const account: Check = (consumer, report, { accounts }) =>
  refer(accounts, 'an account', ['account'], consumer.account, report);

const existing: Check = ({ account: name, role, existingFunction, sink }, report, { accounts }) => {
  const account = at(accounts, name);
  ofAccount(['existingFunction', 'roleArn'], existingFunction?.roleArn, account, report);
  if (role && 'existing' in role) ofAccount(['role', 'existing'], role.existing, account, report);
  if (!existingFunction || sink.type === 'log') return;
  const message =
    'must be left out with existingFunction, whose own code decides where changes go; with function and role the stack makes a lake';
  report(['sink'], message, sink.type);
};

export const deployRole: CheckOf<Account> = (account, report) =>
  ofAccount(['deployRole', 'arn'], account.deployRole?.arn, account, report);

const alarmTopic: Check = ({ account, alarms }, report, { accounts }) => {
  const region = at(accounts, account)?.region;
  if (!alarms || region === undefined) return;
  const message = `must be a topic of the Region ${region} (arn:${partitionOf(region)}:sns:${region}:…), in which the alarms are`;
  inRegion(['alarms', 'topicArn'], alarms.topicArn, region, message, report);
};

const ownKey: Check = ({ account, encryption }, report, { accounts }) => {
  const key = typeof encryption === 'object' ? encryption.kmsKeyArn : undefined;
  const region = at(accounts, account)?.region;
  const message = `must be a key in ${region}, where the function is`;
  inRegion(['encryption', 'kmsKeyArn'], key, region, message, report);
};

const sinkSettings: Check = ({ sink }, report, { name: topologyName, subscriptions }, name) => {
  const isSubscribed = subscriptions.some((entry) => !entry || entry.consumer === name);
  sinkKind(sink).check(sink, { topologyName, name, isSubscribed }, report);
};

export const OF_CONSUMER: readonly Check[] = [
  account,
  ...OF_FUNCTION.map(ofFunction),
  ...OF_ROLE.map(ofRole),
  existing,
  alarmTopic,
  ownKey,
  sinkSettings,
];
