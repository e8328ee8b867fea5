import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UserError } from '../topology/problem';

/** The topology that the user asks for. */
export const TOPOLOGY = process.env.TOPOLOGY ?? 'topologies/orders.yaml';

/**
 * Runs a command, which returns its exit code. Of a problem that the user can solve, only its message is
 * printed.
 */
export async function run(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * The options of `npm run <command>`.
 *
 * @throws UserError if they are others
 */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  options: T,
) {
  try {
    return parseArgs({ args: process.argv.slice(2), options }).values;
  } catch (error) {
    // Node's first sentence names the option; the others are of no use here.
    const [sentence] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new UserError(`${sentence}; npm run ${command} -- --help shows the options`);
  }
}
