import { holds } from '../../policies/conditions';
import { arns, parseArn } from '../../topology/arns';
import { ABSENT_CONDITION_KEYS, KEY_ALIAS } from '../../topology/limits';
import { names, producerAccounts } from '../../topology/names';
import { inPartition, inRegion } from './arns';
import { checkConditions } from './conditions';
import {
  at,
  type CheckOf,
  distinct,
  functionOf,
  type Producer,
  placeOf,
  refer,
  roleArnOf,
  sound,
  tablesOf,
} from './declared';
import { roleKeyOf, rolesOfTerraform } from './names';
import { tableSettings } from './tables';

type Check = CheckOf<Producer>;

const accountNames: Check = ({ account, accounts = [] }, report, declared) => {
  if (account !== undefined) {
    refer(declared.accounts, 'an account', ['account'], account, report);
  }
  for (const [index, name] of accounts.entries()) {
    refer(declared.accounts, 'an account', ['accounts', index], name, report);
  }
  distinct(accounts, ['accounts'], report);
};

const tableKey: Check = ({ table }, report) => {
  if (table?.encryption !== 'customer-managed') return;
  const excess = names.tableKeyAlias(table.name).length - KEY_ALIAS.length.max;
  const message = `must be ${excess} characters shorter for the alias of its customer managed key, or bring a key: encryption: { kmsKeyArn: … }`;
  if (excess > 0) report(['table', 'name'], message, table.name);
};

const keyRegion: Check = (producer, report, { accounts }) => {
  const { table, existingTable, existingStream } = producer;
  const [found] = [existingStream, table?.encryption, existingTable?.encryption].filter(Boolean);
  const key = typeof found === 'object' ? found.kmsKeyArn : undefined;
  const path = existingStream
    ? ['existingStream', 'kmsKeyArn']
    : [table ? 'table' : 'existingTable', 'encryption', 'kmsKeyArn'];
  for (const { owner, table: { account } = {} } of tablesOf(producer, accounts)) {
    const message = `must be a key in ${account?.region}, where the table of ${owner} is`;
    inRegion(path, key, account?.region, message, report);
  }
};

/** Roles of other teams. */
const readers: Check = ({ streamPolicy, ...producer }, report, topology) => {
  if (streamPolicy === 'none' || streamPolicy.readers.length === 0) return;
  const { accounts, consumers } = topology;
  const path = ['streamPolicy', 'readers'];
  const keys = streamPolicy.readers.map(roleKeyOf);
  const ofTerraform = rolesOfTerraform(topology);
  for (const [index, arn] of streamPolicy.readers.entries()) {
    const place = [...path, index];
    const key = roleKeyOf(arn);
    if (keys.indexOf(key) < index) {
      report(
        place,
        'must be named once: a role has one name in an account, whatever its path',
        arn,
      );
    }
    const deploys = ofTerraform.get(key);
    if (deploys) report(place, `must not be the role of ${deploys}, which Terraform assumes`, arn);
    for (const { account: name } of producerAccounts(producer)) {
      inPartition(place, arn, at(accounts, name)?.region, report);
    }
    for (const [name, consumer] of sound(consumers)) {
      const own = roleArnOf(consumer, at(accounts, consumer.account));
      const message = `must not be the role of consumers.${name}; write a subscription`;
      if (own && roleKeyOf(own) === key) report(place, message, arn);
    }
  }
};

/** That the Region is the consumer's is checked with the subscription. */
const streamPartition: Check = ({ existingStream }, report) => {
  if (!existingStream) return;
  const { arn } = existingStream;
  inPartition(['existingStream', 'arn'], arn, parseArn(arn).region, report);
};

/** A stream has one policy: of a table that exists, it can be another team's. */
const streamPolicyOwner: Check = (producer, report, { subscriptions }, name) => {
  const { table, existingTable, streamPolicy } = producer;
  const path = ['streamPolicy'];
  const replaces = streamPolicy === 'none' ? undefined : streamPolicy.replacesExisting;
  if (table && streamPolicy === 'none') {
    report(
      path,
      'must not be none with table, whose stream nobody could read then; leave it out',
      streamPolicy,
    );
  }
  if (table && replaces !== undefined) {
    const message = 'must be left out with table, whose stream has no other policy';
    report([...path, 'replacesExisting'], message, replaces);
  }
  if (!existingTable || streamPolicy === 'none' || replaces === true) return;
  const { readers } = streamPolicy;
  if (readers.length > 0 || subscriptions.some((entry) => entry?.producer === name)) {
    const message =
      'must say whose the policy of the stream is, since a stream has one: { replacesExisting: true } if this topology owns it and replaces what is there, or none if it belongs to others, who add the statement of this topology';
    report(path, message, replaces === undefined ? undefined : streamPolicy);
  }
};

const streamPolicyConditions: Check = ({ streamPolicy }, report) => {
  if (streamPolicy === 'none') return;
  checkConditions(streamPolicy.conditions, ['streamPolicy', 'conditions'], report);
  for (const [index, { test, variable, values }] of streamPolicy.conditions.entries()) {
    const path = ['streamPolicy', 'conditions', index];
    const refuse = (message: string) => report([...path, 'variable'], message, variable);
    // A second condition on the same key would be an alternative, not a restriction.
    if (streamPolicy.principal === 'account' && variable.toLowerCase() === 'aws:principalarn') {
      refuse('must not be aws:PrincipalArn with principal: account, which sets it to the role');
    }
    if (isAbsent(variable) && failsWithoutKey(test, values)) {
      refuse(
        `must not be tested with ${test}: the requests with which Lambda reads a stream do not have this key, so that every read would be refused; leave it out, or test the reader, as with aws:PrincipalOrgID`,
      );
    }
  }
};

/** The policy of the table has the conditions as well, and `readTable` is for the code of the function. */
const tableReads: Check = ({ streamPolicy }, report, topology, name) => {
  if (streamPolicy === 'none') return;
  const { accounts, consumers, subscriptions } = topology;
  for (const subscription of subscriptions) {
    if (!subscription?.readTable || subscription.producer !== name) continue;
    const consumer = at(consumers, subscription.consumer);
    const account = consumer && at(accounts, consumer.account);
    if (!account) continue;
    const facts = { [OF_CODE]: arns.function(placeOf(account), functionOf(consumer).name) };
    for (const [index, { test, variable, values }] of streamPolicy.conditions.entries()) {
      const condition = { test: test.replace(/^For\w+:/, ''), variable, values };
      const isKnown = /^(String|Arn|Null)/.test(condition.test) && !values.join().includes('${');
      if (variable.toLowerCase() !== OF_CODE || !isKnown || holds(condition, facts)) continue;
      const message = `must not be tested with ${test} ${values.join(', ')}: the code of consumers.${subscription.consumer} has readTable: true, and its requests have the ARN of its function as this key, so that they would be refused; leave it out, since pollerOnly already keeps code from the stream, or leave out readTable`;
      report(['streamPolicy', 'conditions', index, 'variable'], message, variable);
    }
  }
};

/** The key that all requests of a function's code have, and those of Lambda itself do not. */
const OF_CODE = 'lambda:sourcefunctionarn';

export const OF_PRODUCER: readonly Check[] = [
  accountNames,
  tableSettings,
  tableKey,
  keyRegion,
  readers,
  streamPartition,
  streamPolicyOwner,
  streamPolicyConditions,
  tableReads,
];

function isAbsent(variable: string): boolean {
  return ABSENT_CONDITION_KEYS.keys.some((key) => key.toLowerCase() === variable.toLowerCase());
}

/**
 * Whether a condition does not hold for a request that does not have its key.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function failsWithoutKey(test: string, values: readonly string[]): boolean {
  if (test === 'Null') return !values.some((value) => value.toLowerCase() === 'true');
  if (test.endsWith('IfExists') || test.startsWith('ForAllValues:')) return false;
  return test.startsWith('ForAnyValue:') || !test.includes('Not');
}
