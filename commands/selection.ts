import { readStates } from '../operate/states';
import { synthesizeAt } from '../review/changes/at-ref';
import { changedStacks } from '../review/changes/changed-stacks';
import { readStacks } from '../review/read/stacks';
import { synthesize } from '../stacks/synthesize';
import { quoted } from '../terraform/command-line';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { type Stack, stacksOf } from '../topology/stacks';
import { visible } from '../topology/unicode';
import type { Values } from './command';
import { readOnly } from './read-only';
import type { World } from './run';
import { OUTDIR } from './runner';
import { select } from './select';
import type { TopologyWorld } from './topology';

/** What a command takes to name stacks. */
export const OPERANDS = '[<stack or pattern>...]';

export const SELECTION = {
  'changed-since': {
    type: 'string',
    value: '<ref>',
    does: 'only stacks whose configuration or code changed since a commit or branch',
  },
  shard: {
    type: 'string',
    value: '<i>/<n>',
    does: 'only the stacks of the accounts that runner i of n has',
  },
} as const;

/** The commit that a command compares with, and its stacks. */
interface Since {
  readonly commit: string;
  readonly ids: readonly string[];
}

interface Selected {
  readonly stacks: readonly Stack[];
  /** Ids of the shard that were left out by a commit or by patterns. */
  readonly notAsked: readonly string[];
  readonly since?: Since;
}

/** Stacks that a command is asked for, in the order of deployment. All are synthesized for the comparison. */
export async function selected(
  topology: ResolvedTopology,
  { 'changed-since': ref, shard }: Values<typeof SELECTION>,
  patterns: readonly string[],
  { topologyFile, stderr }: TopologyWorld,
): Promise<Selected> {
  const all = stacksOf(topology);
  const ofShard = shard === undefined ? all : shardOf(all, shard);
  if (ofShard.length === 0) stderr.write(`--shard: ${shard} has no stack; fewer runners do\n`);
  const named = select(all, patterns).filter((stack) => ofShard.includes(stack));
  const without = (stacks: readonly Stack[]) =>
    ofShard.filter((stack) => !stacks.includes(stack)).map(({ id }) => id);
  if (ref === undefined) return { stacks: named, notAsked: without(named) };
  const before = synthesizeAt(ref, topologyFile, { option: '--changed-since' });
  if (before.generator.length > 0) {
    stderr.write(
      `The generator or its dependencies differ from ${ref}: what that changes is not compared\n`,
    );
  }
  await synthesize(topology, OUTDIR);
  const changed = new Set(changedStacks(before.stacks, readStacks(OUTDIR), all));
  const since = { commit: before.commit, ids: before.stacks.map(({ id }) => id) };
  const stacks = named.filter(({ id }) => changed.has(id));
  return { stacks, notAsked: without(stacks), since };
}

/** What is asked for, and the folder of all stacks as Terraform is to run in it, perhaps with roles that only read. */
export async function prepared(
  asked: ResolvedTopology,
  options: Values<typeof SELECTION> & { readonly 'read-only'?: boolean },
  patterns: readonly string[],
  world: TopologyWorld,
): Promise<Selected & { readonly topology: ResolvedTopology }> {
  const topology = options['read-only'] ? readOnly(asked) : asked;
  const selection = await selected(asked, options, patterns, world);
  const isSynthesized = selection.since !== undefined && topology === asked;
  if (!isSynthesized) await synthesize(topology, OUTDIR);
  return { ...selection, topology };
}

/**
 * Those that runner `i` of `n` deploys: accounts are dealt one by one in the order of the topology, so that a new
 * one at its end moves no other.
 *
 * @param shard such as `1/4`
 * @throws UserError if it has another form
 */
export function shardOf(stacks: readonly Stack[], shard: string): Stack[] {
  if (!isShard(shard)) {
    throw new UserError(
      `--shard must be a runner and their number, at most 9999, such as 1/4, got ${quoted(shard)}`,
    );
  }
  const [part = 0, count = 0] = shard.split('/').map(Number);
  const tenants = [...new Set(stacks.map(({ tenant }) => tenant))];
  return stacks.filter(({ tenant }) => tenants.indexOf(tenant) % count === part - 1);
}

/** Whether a text is a runner and their number, of which there are 9,999 at most. */
export function isShard(text: string): boolean {
  const [, part, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  return Number(part) <= Number(count);
}

/**
 * Stacks by their states under the key prefix. Where these cannot be listed a line says why, and those that a commit
 * had count as removed.
 */
export async function statesOf(topology: ResolvedTopology, { stderr }: World, since?: Since) {
  const ids = new Set(stacksOf(topology).map(({ id }) => id));
  try {
    return await readStates(topology, ids);
  } catch (error) {
    const { name, message } = error as Error;
    const { bucket, keyPrefix } = topology.state;
    const what = `s3://${bucket}/${keyPrefix}/ cannot be listed (${name}: ${message})`;
    const shown = since ? `only those of ${since.commit} are` : 'none is';
    stderr.write(`${visible(what)}: of stacks that are no longer in the topology ${shown} shown\n`);
    return { found: undefined, removed: since?.ids.filter((id) => !ids.has(id)) ?? [] };
  }
}

/** One line for each stack that is deployed and not in the topology. */
export function removedLines(removed: readonly string[], since?: Since): string[] {
  return removed.map((id) => {
    const from = since?.ids.includes(id) ? since.commit : '<a commit that has it>';
    return `removed    ${id}  deployed, and not in the topology; npm run destroy -- --from ${from}`;
  });
}

/** How the command is called again for some stacks, whose ids follow. */
export function callOf({ name, args, topologyFile }: TopologyWorld): string {
  const isNamed = args.some((arg) => arg.startsWith('--topology'));
  return `npm run ${name} --${isNamed ? ` --topology ${topologyFile}` : ''}`;
}
