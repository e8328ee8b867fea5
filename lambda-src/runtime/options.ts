import { LONGEST_TIMEOUT } from './time-limit';

export interface Option {
  readonly must: string;
  allows(value: unknown): boolean;
}

export const wholeFrom = (least: number): Option => ({
  must: `be a whole number from ${least}`,
  allows: (value) => Number.isInteger(value) && Number(value) >= least,
});

export const FLAG: Option = {
  must: 'be true or false',
  allows: (value) => typeof value === 'boolean',
};

/** Of processors. */
export const OPTIONS = {
  concurrency: wholeFrom(1),
  timeoutInSeconds: {
    must: `be a number above 0, at most ${LONGEST_TIMEOUT}`,
    allows: (value: unknown) => typeof value === 'number' && value > 0 && value <= LONGEST_TIMEOUT,
  },
  repeatWhole: FLAG,
} satisfies Readonly<Record<string, Option>>;

/**
 * @param caller for messages, as `defineProcessor`
 * @param known the options that it has
 * @throws TypeError if there are others; RangeError if the value of one is not allowed
 */
export function requireOptions(
  caller: string,
  options: unknown,
  known: Readonly<Record<string, Option>>,
): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${caller} must be given its options as an object, got ${options}`);
  }
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!option) {
      throw new TypeError(
        `${caller} has no option ${name}, only ${Object.keys(known).join(' and ')}`,
      );
    }
    if (value !== undefined && !option.allows(value)) {
      throw new RangeError(`${name} of ${caller} must ${option.must}, got ${value}`);
    }
  }
}
