import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ownFile } from '../topology/own-files';
import { didYouMean, UserError } from '../topology/problem';
import type { Command, World } from './run';

/** Options as `parseArgs` takes them, with what `--help` shows of their value and meaning. */
export type Options = NonNullable<ParseArgsConfig['options']> &
  Readonly<Record<string, { readonly value?: string; readonly does: string }>>;

export type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/**
 * A command with options, which `--help` shows.
 *
 * @param operands what it takes besides options, such as `<stack>...`. Default: nothing
 */
export function defineCommand<const T extends Options>(
  name: string,
  options: T,
  act: (values: Values<T>, world: World, operands: readonly string[]) => Promise<number>,
  notes = '',
  operands = '',
): Command {
  const all: Options = { ...options, help: { type: 'boolean', does: 'this text' } };
  return async (world) => {
    const { values, positionals } = parse(name, all, world.args, operands !== '');
    refuseTaken(name, all, values, world.env);
    if (!values.help) return act(values as Values<T>, world, positionals);
    world.stdout.write(usage(name, all, notes, operands));
    return 0;
  };
}

/** @throws UserError that names the option and what to write */
function parse(name: string, options: Options, args: readonly string[], allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (error) {
    // Node's first sentence names the option; the others are of no use here.
    const [sentence = ''] = (error as Error).message.split(/\.(?:\s|$)/);
    const [, dashed] = /^Option '(.*)' argument is ambiguous$/.exec(sentence) ?? [];
    const value = dashed && `a value that begins with a dash is written ${dashed}=<value>; `;
    const [, unknown] = /^Unknown option '--(.*)'$/.exec(sentence) ?? [];
    const hint = unknown === undefined ? '' : didYouMean(unknown, Object.keys(options), '--');
    throw new UserError(`${sentence}; ${value ?? hint}${callOf(name)} --help shows the options`);
  }
}

/** npm keeps an option that is before `--`, and passes it on as a variable. */
function refuseTaken(name: string, options: Options, values: object, env: World['env']): void {
  for (const [option, { type, value }] of Object.entries(options)) {
    const taken = env[`npm_config_${option.replaceAll('-', '_')}`];
    const isOff = type === 'boolean' && /^(false)?$/.test(taken ?? '');
    if (taken === undefined || isOff || option in values) continue;
    throw new UserError(
      `npm has taken --${option} for its own option; write it after --: ${callOf(name)} ${withValue(option, value)}`,
    );
  }
}

/** The file `help` is the list of commands that people run, which says what each does. */
function usage(name: string, options: Options, notes: string, operands: string): string {
  const row = new RegExp(`^ +(?:npm run|npx .*) ${name}(?: \\[?--.*?)? {2,}(.*)$`, 'm');
  const [, does] = row.exec(readFileSync(ownFile('help'), 'utf8')) ?? [];
  const sentence = does === undefined ? '' : `${does}.\n\n`;
  const takes = [operands, '<options>'].filter(Boolean).join(' ');
  const rows = Object.entries(options).map(([option, { value, does }]) => {
    return { text: withValue(option, value), does };
  });
  const width = Math.max(...rows.map(({ text }) => text.length));
  const lines = rows.map(({ text, does }) => `  ${text.padEnd(width)}  ${does}\n`);
  return `${sentence}  ${callOf(name)} ${takes}\n\n${lines.join('')}${notes}`;
}

/** `--topology <file>` */
function withValue(option: string, value: string | undefined): string {
  return [`--${option}`, value].filter(Boolean).join(' ');
}

/** What is written before the options. */
function callOf(name: string): string {
  return name === 'init' ? `npx --no-install cross-account-streams ${name}` : `npm run ${name} --`;
}
