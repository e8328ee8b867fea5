import type { Cause, Looked } from '../cause';
import type { Facts } from '../facts';
import { raisedAlarms, unconfirmedEmails } from './alarms';
import { existing } from './existing';
import { failedBatches } from './failed-batches';
import { functions } from './functions';
import { keys } from './key';
import { mappings } from './mappings';
import { outdated } from './outdated';
import { records } from './records';
import { roles } from './role';
import { states } from './states';
import { streams } from './stream';
import { streamPolicies } from './stream-policy';

/** All that is looked for. Nothing is said of what is `unknown`. */
const CAUSES: readonly ((facts: Facts) => readonly Looked[])[] = [
  states,
  existing,
  outdated,
  roles,
  streams,
  streamPolicies,
  keys,
  mappings,
  functions,
  records,
  failedBatches,
  raisedAlarms,
  unconfirmedEmails,
];

export function causesOf(facts: Facts): Cause[] {
  return CAUSES.flatMap((find) => find(facts)).filter((each) => typeof each === 'object');
}
