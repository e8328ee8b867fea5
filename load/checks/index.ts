/**
 * What one value alone can't tell: references, accounts and ARNs that must agree, names that must
 * differ, and AWS's limits on what several entries make together.
 */
import { codeFolder } from './code-folder';
import {
  concurrency,
  environment,
  functionCode,
  functionFiles,
  managedPolicies,
  sinks,
} from './consumers';
import type { Declared, Report } from './declared';
import { filters } from './filters';
import { distinctNames, tags } from './names';
import {
  distinctAccounts,
  streamPolicyConditions,
  streamPolicyOwner,
  tableKey,
  tableSettings,
} from './producers';
import { alarmTopic, arnsOfTheAccount, references, sameRegion } from './references';
import { readersPerStream, recordAge, subscriptionPairs, tumblingWindow } from './subscriptions';

export type { Declared, Report } from './declared';
export { sizes } from './sizes';

type Check = (topology: Declared, report: Report) => void;

export const CHECKS: readonly Check[] = [
  tags,
  references,
  distinctAccounts,
  functionCode,
  codeFolder,
  functionFiles,
  managedPolicies,
  concurrency,
  environment,
  sinks,
  arnsOfTheAccount,
  alarmTopic,
  tableSettings,
  tableKey,
  streamPolicyOwner,
  streamPolicyConditions,
  subscriptionPairs,
  sameRegion,
  readersPerStream,
  recordAge,
  tumblingWindow,
  filters,
  distinctNames,
];
