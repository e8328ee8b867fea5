import { existsSync, statSync } from 'node:fs';
import { findLogLevel, LOG_LEVEL, LOG_LEVELS, SINK_VARIABLES } from '../../lambda-src/contract';
import { confinement } from '../../packaging/confinement';
import { packageFiles } from '../../packaging/package-files';
import { roomForStreams } from '../../policies/execution-role';
import { parseArn, partitionOf } from '../../topology/arns';
import { RESERVED_ENVIRONMENT_VARIABLES } from '../../topology/limits';
import { placeNamed } from '../../topology/paths';
import { type Problem, type Report, UserError } from '../../topology/problem';
import { isLogEntry, sinkKind } from '../../topology/sinks';
import { attachments } from './attachments';
import { codeFolder } from './code-folder';
import {
  type Account,
  at,
  type CheckOf,
  type Consumer,
  distinct,
  type FunctionMaker,
  ofFunction,
  ofRole,
  type RoleMaker,
  refer,
} from './declared';
import { keyOfRegion } from './keys';
import { statements } from './statements';

type Check = CheckOf<Consumer>;

const account: Check = (consumer, report, { accounts }) =>
  refer(accounts, 'an account', ['account'], consumer.account, report);

const entry: CheckOf<FunctionMaker> = (
  { function: { entry, code, runtime } },
  report,
  { folder },
) => {
  const problemOf = (file: string) => {
    if (!existsSync(file) || !statSync(file).isFile()) {
      return `must be a file that exists, relative to the topology's file: ${file}`;
    }
    const reason = confinement(folder)(file, true);
    return reason && `must be a file for the function; it ${reason}`;
  };
  const problem = entry && problemOf(placeNamed(entry, folder));
  if (problem) report(['function', 'entry'], problem, entry);
  if (!code && !runtime.startsWith('nodejs')) {
    const message =
      'must be a Node.js runtime such as nodejs24.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }';
    report(['function', 'runtime'], message, runtime);
  }
};

const functionFiles: CheckOf<FunctionMaker> = (
  { function: { entry, files, code } },
  report,
  { folder },
) => {
  const refusal = confinement(folder);
  const problemOf = (file: string) => {
    if (code) return 'must be left out with code; put it into the folder of code';
    if (entry === undefined) {
      return 'must be left out without entry, since the default function reads none';
    }
    try {
      packageFiles(placeNamed(entry, folder), placeNamed(file, folder), refusal);
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
  for (const [index, file] of files.entries()) {
    const problem = problemOf(file);
    if (problem) report(['function', 'files', index], problem, file);
  }
};

const managedPolicies: CheckOf<RoleMaker> = ({ role }, report) => {
  const { managedPolicyArns, acknowledgedPolicyArns, managedPolicyQuota } = role;
  distinct(managedPolicyArns, ['role', 'managedPolicyArns'], report);
  for (const [index, arn] of acknowledgedPolicyArns.entries()) {
    if ([...managedPolicyArns, role.permissionsBoundary].includes(arn)) continue;
    const path = ['role', 'acknowledgedPolicyArns', index];
    report(path, 'must be one of managedPolicyArns, or the permissionsBoundary', arn);
  }
  if (roomForStreams(role) >= 0) return;
  const others = role.statements.length > 0 ? ' with the one of role.statements' : '';
  const message = `must be at most ${managedPolicyQuota} policies${others}, which IAM attaches to a role`;
  report(['role', 'managedPolicyArns'], message, managedPolicyArns);
};

/** The function is never given more than it has reserved, so an alarm above that is silent for good. */
const concurrency: CheckOf<FunctionMaker> = ({ alarms, function: settings }, report) => {
  const reserved = settings.reservedConcurrentExecutions;
  const concurrent = alarms ? alarms.concurrentExecutions : undefined;
  if (reserved === undefined || concurrent === undefined || concurrent <= reserved) return;
  const message = `must be at most the ${reserved} of function.reservedConcurrentExecutions, or the alarm can never fire`;
  report(['alarms', 'concurrentExecutions'], message, concurrent);
};

const environment: CheckOf<FunctionMaker> = ({ sink, function: settings }, report, { folder }) => {
  const { entry, code, environment } = settings;
  const reserved: readonly string[] = RESERVED_ENVIRONMENT_VARIABLES.names;
  const ofSink: readonly string[] = Object.values(SINK_VARIABLES[sink.type]);
  const isDefault = (entry === undefined || isLogEntry(placeNamed(entry, folder))) && !code;
  for (const [variable, value] of Object.entries(environment)) {
    const refuse = (message: string, received?: string) =>
      report(['function', 'environment', variable], message, received);
    if (reserved.includes(variable)) {
      refuse('is set by Lambda itself; choose another name');
    } else if (!/^[a-zA-Z]\w+$/.test(variable)) {
      refuse('must be named with two or more letters, digits and underscores, a letter first');
    } else if (ofSink.includes(variable)) {
      refuse(`is set by the sink ${sink.type}; leave it out, or choose another name`);
    } else if (variable === LOG_LEVEL && isDefault && !findLogLevel(value)) {
      refuse(`must be ${LOG_LEVELS.join(', ')}`, value);
    } else if (
      variable === LOG_LEVEL &&
      isDefault &&
      sink.type === 'log' &&
      !/^(DEBUG|INFO)$/i.test(value)
    ) {
      refuse(
        'must be INFO or DEBUG, since the function of the sink log writes every change at INFO and would write none; leave it out, or choose the sink s3 or an entry of your own',
        value,
      );
    }
  }
};

const roleArns: CheckOf<RoleMaker> = ({ account: name, role }, report, { accounts }) => {
  const account = at(accounts, name);
  ofAccount(['role', 'permissionsBoundary'], role.permissionsBoundary, account, report);
  for (const [index, arn] of role.managedPolicyArns.entries()) {
    ofAccount(['role', 'managedPolicyArns', index], arn, account, report);
  }
};

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

/** The ARN of a role or a policy in an account, or of a policy of AWS. */
function ofAccount(
  path: Problem['path'],
  arn: string | undefined,
  account: Account | undefined,
  report: Report,
): void {
  if (arn === undefined || account === undefined) return;
  const { partition, id: owner } = parseArn(arn);
  const wanted = partitionOf(account.region);
  if (partition !== wanted) {
    report(path, `must be in the partition ${wanted} of the Region ${account.region}`, arn);
  }
  if (owner !== account.id && owner !== 'aws') {
    report(path, `must be an ARN of the account ${account.id}`, arn);
  }
}

const alarmTopic: Check = ({ account, alarms }, report, { accounts }) => {
  const region = at(accounts, account)?.region;
  if (!alarms || alarms.topicArn === undefined || region === undefined) return;
  const topic = parseArn(alarms.topicArn);
  if (topic.region !== region || topic.partition !== partitionOf(region)) {
    const message = `must be a topic of the Region ${region} (arn:${partitionOf(region)}:sns:${region}:…), in which the alarms are`;
    report(['alarms', 'topicArn'], message, alarms.topicArn);
  }
};

const ownKey: Check = ({ account, encryption }, report, { accounts }) => {
  const key = typeof encryption === 'object' ? encryption.kmsKeyArn : undefined;
  const region = at(accounts, account)?.region;
  keyOfRegion(['encryption', 'kmsKeyArn'], key, region, 'the function', report);
};

const sinkSettings: Check = ({ sink }, report, { name: topologyName, subscriptions }, name) => {
  const isSubscribed = subscriptions.some((entry) => !entry || entry.consumer === name);
  sinkKind(sink).check(sink, { topologyName, name, isSubscribed }, report);
};

export const OF_CONSUMER: readonly Check[] = [
  account,
  ofFunction(entry),
  ofFunction(codeFolder),
  ofFunction(functionFiles),
  ofRole(managedPolicies),
  ofRole(statements),
  ofFunction(attachments),
  ofFunction(concurrency),
  ofFunction(environment),
  ofRole(roleArns),
  existing,
  alarmTopic,
  ownKey,
  sinkSettings,
];
