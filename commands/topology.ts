/** Which topology a command reads: that of `--topology`, else of `TOPOLOGY`, else the usual one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadTopology } from '../load/load';
import { asCalled } from '../operate/doctor/remedies';
import { entryProblems } from '../packaging/entry-problems';
import { quoted } from '../terraform/command-line';
import { otherApp } from '../topology/other-app';
import { isInside, realPath } from '../topology/paths';
import { formatValue, UserError } from '../topology/problem';
import { makesFunction, type ResolvedTopology } from '../topology/resolve';
import { defineCommand, type Options, type Values } from './command';
import type { Command, World } from './run';

const USUAL = ['topology.yaml', 'topologies/orders.yaml'];

const OPTION = {
  topology: {
    type: 'string',
    value: '<file>',
    does: `another topology than that of TOPOLOGY, else ${USUAL.join(', else ')}`,
  },
} as const;

/** What a command needs of the world that reads a topology. */
export interface TopologyWorld extends World {
  readonly topologyFile: string;
  /** Folders that it writes to, by the option that names them. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A command with options, to which `--topology` is added. */
export function defineTopologyCommand<const T extends Options>(
  name: string,
  options: T,
  act: (values: Values<T>, world: TopologyWorld, operands: readonly string[]) => Promise<number>,
  ...help: [notes?: string, operands?: string]
): Command {
  const withTopology = async (values: object, world: World, operands: readonly string[]) => {
    const { output, out }: { output?: unknown; out?: unknown } = values;
    const all = { ...world, topologyFile: fileOf(values, world.env), outputs: { output, out } };
    return act(values as Values<T>, all, operands);
  };
  return defineCommand(name, { ...options, ...OPTION }, withTopology, ...help);
}

function fileOf({ topology }: Values<typeof OPTION>, { TOPOLOGY }: World['env']): string {
  const file = topology ?? TOPOLOGY ?? usualTopology();
  if (file === undefined) throw new UserError(NONE);
  if (file !== '') return file;
  const what = topology === undefined ? 'TOPOLOGY' : '--topology';
  throw new UserError(`${what} is empty; set it to the path of a topology file, or leave it out`);
}

/** The topology that is meant where none is named. */
export function usualTopology(): string | undefined {
  return USUAL.find((file) => existsSync(file));
}

const NONE = `there is neither ${USUAL.join(' nor ')} here; name a topology with --topology or TOPOLOGY, or, in an empty folder, write one with npx --no-install cross-account-streams init`;

/** The topology that the user asks for, with its functions checked; warnings are printed. */
export function readTopology({ topologyFile, stderr, outputs }: TopologyWorld): ResolvedTopology {
  const warn = (line: string) => stderr.write(`${line}\n`);
  const app = otherApp();
  if (app !== undefined) {
    warn(
      `cdktf.json has another app, ${formatValue(app)}, which is not run here: what it adds is written by npx --no-install cdktf synth alone, and reviewed by npm run review -- --from cdktf.out alone`,
    );
  }
  const topology = loadTopology(topologyFile, entryProblems, warn);
  for (const [option, output] of Object.entries(outputs ?? {})) {
    if (output === '') throw new UserError(`--${option} is empty; name a folder`);
    if (typeof output === 'string') refuseCodeFolders(topology, `--${option}`, output);
  }
  return topology;
}

/** What is written into the code of a function would be deployed with it. */
function refuseCodeFolders({ consumers }: ResolvedTopology, option: string, output: string): void {
  for (const { name, function: settings } of consumers.filter(makesFunction)) {
    const { code } = settings;
    if (code.type === 'folder' && isInside(path.resolve(output), realPath(code.directory))) {
      throw new UserError(
        `${option} ${output} must not be in ${code.directory}, all of which is the code of consumers.${name}; name a folder elsewhere`,
      );
    }
  }
}

/** A text with its commands as they are typed for this topology and program. */
export function asTyped(text: string, { args, topologyFile, env }: TopologyWorld): string {
  const isNamed = args.some((arg) => arg.startsWith('--topology'));
  const option = isNamed ? `--topology ${quoted(topologyFile)}` : '';
  return asCalled(text, option, env.TERRAFORM_BINARY_NAME ?? 'terraform');
}
