import type { Cause } from '../cause';
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

/** All that is looked for. Each returns what it finds, without what is `unknown`. */
export const CAUSES: readonly ((facts: Facts) => readonly Cause[])[] = [
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
