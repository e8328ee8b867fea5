import { parseArgs } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { UserError } from '../topology/problem';
import { describe } from './list';
import type { Command, World } from './run';

/** Options by name: a flag, or `--<name> <value>`. */
export type Options = Readonly<
  Record<string, { readonly value?: string; readonly required?: true; readonly does: string }>
>;

export type Values<T extends Options> = {
  readonly [K in keyof T]: T[K] extends { value: string }
    ? string | (T[K] extends { required: true } ? never : undefined)
    : boolean;
};

const HELP = { help: { does: 'this text' } } as const;

/** A command with options, which `--help` shows. */
export function defineCommand<const T extends Options>(
  name: string,
  options: T,
  act: (values: Values<T>, world: World) => Promise<number>,
  notes = '',
): Command {
  return async (world) => {
    const values = parseOptions(name, options, world.args);
    if (values !== 'help') return act(values, world);
    world.stdout.write(usage(name, options, notes));
    return 0;
  };
}

/** @throws UserError that names the option and what to write */
export function parseOptions<const T extends Options>(
  name: string,
  options: T,
  args: readonly string[],
): Values<T> | 'help' {
  try {
    const values = parse(options, args);
    if (values.help) return 'help';
    for (const [option, { value, required }] of Object.entries(options)) {
      if (required && !values[option]) throw new Error(`--${option} ${value} is missing`);
    }
    return values as Values<T>;
  } catch (error) {
    // Node's first sentence names the option; the others are of no use here.
    const [sentence = ''] = (error as Error).message.split(/\.(?:\s|$)/);
    const [, unknown] = /^Unknown option '(--.*)'$/.exec(sentence) ?? [];
    const hint = didYouMean(
      unknown,
      Object.keys(options).map((option) => `--${option}`),
    );
    throw new UserError(`${sentence}; ${hint}npm run ${name} -- --help shows the options`);
  }
}

function parse(options: Options, args: readonly string[]): Record<string, unknown> {
  const config = Object.entries<Options[string]>({ ...options, ...HELP }).map(
    ([option, { value }]) => [
      option,
      value ? { type: 'string' } : { type: 'boolean', default: false },
    ],
  );
  return parseArgs({ args: [...args], options: Object.fromEntries(config) }).values;
}

/** `did you mean <name>? ` where a name is close enough. */
export function didYouMean(given: string | undefined, names: readonly string[]): string {
  if (given === undefined || names.length === 0) return '';
  const name = closest(given, names);
  return distance(given, name) <= 2 ? `did you mean ${name}? ` : '';
}

function usage(name: string, options: Options, notes: string): string {
  const all = Object.entries<Options[string]>({ ...options, ...HELP }).map(([option, rest]) => ({
    ...rest,
    text: rest.value ? `--${option} ${rest.value}` : `--${option}`,
  }));
  const width = Math.max(...all.map(({ text }) => text.length));
  const synopsis = all.slice(0, -1).map(({ text, required }) => (required ? text : `[${text}]`));
  const lines = all.map(({ text, does }) => `  ${text.padEnd(width)}  ${does}\n`).join('');
  return `${describe(name)}.\n\n  ${[`npm run ${name} --`, ...synopsis].join(' ')}\n\n${lines}${notes && `\n${notes}\n`}`;
}
