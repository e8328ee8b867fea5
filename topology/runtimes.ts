import { RUNTIMES } from './limits';

export interface RuntimeDates {
  /** From this day AWS maintains the runtime no longer. */
  readonly deprecated: string;
  /** From this day Lambda creates no function with it. */
  readonly noCreation: string;
  /** From this day Lambda updates no function with it. */
  readonly noUpdate: string;
}

const DATES: Readonly<Record<string, RuntimeDates>> = RUNTIMES.dates;

export function runtimeDates(runtime: string): RuntimeDates | undefined {
  return Object.hasOwn(DATES, runtime) ? DATES[runtime] : undefined;
}

/** Runtimes whose functions Lambda still updated when the list was made, the newest of a language first. */
export const USABLE_RUNTIMES = Object.keys(DATES).filter(
  (runtime) => (runtimeDates(runtime)?.noUpdate ?? '') > RUNTIMES.asOf,
);

/** What to write instead of a value that is none of them. */
export function runtimeRule(value: unknown): string {
  const name = typeof value === 'string' ? value : '';
  const dates = runtimeDates(name);
  const instead = nearestTo(name).join(', ');
  return dates
    ? `must be a runtime with which Lambda still updates functions, such as ${instead}; with ${name} it has not since ${dates.noUpdate}`
    : `must be a Lambda runtime, such as ${instead}`;
}

/** The newest of the same language, or of each where none is meant that Lambda has. */
function nearestTo(name: string): string[] {
  const [start = ''] = /^[a-z]{0,4}/.exec(name.toLowerCase()) ?? [];
  const alike = USABLE_RUNTIMES.filter((runtime) => start.length > 1 && runtime.startsWith(start));
  const languageOf = (runtime = '') => runtime.replace(/[\d.].*$/, '');
  return alike.length > 0
    ? alike.slice(0, 3)
    : USABLE_RUNTIMES.filter(
        (runtime, index, all) => languageOf(runtime) !== languageOf(all[index - 1]),
      );
}
