import { type RuntimeDates, runtimeDates } from '../topology/runtimes';
import type { ProcessingFunction } from './pipeline';

/** A runtime of the stacks, and how long AWS supports it. */
export interface Runtime {
  readonly name: string;
  /** Names of the functions that have it. */
  readonly functions: readonly string[];
  /** Undefined for one that is not on the list. */
  readonly dates?: RuntimeDates;
  /** How the dates compare with today; nothing while the end is far. */
  readonly state?: 'ends soon' | 'not maintained' | 'not updated';
}

/** As long before it deprecates a runtime, AWS begins to say so. */
const NOTICE_IN_DAYS = 180;
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;

export function runtimes(functions: readonly ProcessingFunction[], today: Date): Runtime[] {
  const names = new Map<string, string[]>();
  for (const { name, resource } of functions) {
    const runtime = String(resource.block.runtime);
    names.set(runtime, [...(names.get(runtime) ?? []), name]);
  }
  return [...names].map(([name, own]) => {
    const dates = runtimeDates(name);
    return { name, functions: own, dates, state: dates && stateOf(dates, today) };
  });
}

function stateOf({ deprecated, noUpdate }: RuntimeDates, today: Date): Runtime['state'] {
  if (Date.parse(noUpdate) <= today.getTime()) return 'not updated';
  if (Date.parse(deprecated) <= today.getTime()) return 'not maintained';
  const days = (Date.parse(deprecated) - today.getTime()) / DAY_IN_MILLISECONDS;
  return days <= NOTICE_IN_DAYS ? 'ends soon' : undefined;
}
