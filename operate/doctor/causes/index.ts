import type { Cause } from '../cause';
import type { Facts } from '../facts';
import { existing } from './existing';
import { keys } from './key';
import { outdated } from './outdated';
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
];
