import type { Cause } from '../cause';
import type { Facts } from '../facts';
import { states } from './states';

/** All that is looked for. Each returns what it finds, without what is `unknown`. */
export const CAUSES: readonly ((facts: Facts) => readonly Cause[])[] = [states];
