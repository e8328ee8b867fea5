import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { synthesizeAt } from '../review/changes/at-ref';
import { synthesize } from '../stacks/synthesize';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { type Stack, stacksOf } from '../topology/stacks';
import { APPROVE, confirmed, ensureApproval } from './approval';
import { OUTDIR, RUN_OPTIONS, Runner } from './runner';
import { select } from './select';
import { callOf, OPERANDS } from './selection';
import { exitCode, planLines, repeating, resultLines, totals } from './summary';
import { defineTopologyCommand, readTopology } from './topology';

/** Folder of stacks that the topology no longer has. */
const REMOVED = path.join(OUTDIR, 'removed');

const OPTIONS = {
  from: {
    type: 'string',
    value: '<ref>',
    does: 'stacks that the topology had at a commit or branch, and no longer has',
  },
  ...APPROVE,
  ...RUN_OPTIONS,
} as const;

/** `npm run destroy`: all is planned before anything is destroyed, so that what is protected stops it. */
export const command = defineTopologyCommand(
  'destroy',
  OPTIONS,
  async (options, world, patterns) => {
    const { from, 'auto-approve': isApproved } = options;
    ensureApproval(world, isApproved, '--auto-approve');
    const topology = readTopology(world);
    if (from === undefined && patterns.length === 0) {
      throw new UserError("npm run destroy: name the stacks, or '*' for all of them");
    }
    const outdir = from === undefined ? OUTDIR : REMOVED;
    return Runner.with(world, { ...options, outdir, reversed: true }, async (runner) => {
      const { screen, explain } = runner;
      const removed =
        from === undefined ? undefined : removedSince(from, topology, world.topologyFile);
      const stacks = select(removed ?? stacksOf(topology), patterns);
      if (!removed) await synthesize(topology, OUTDIR);
      const plans = await runner.plan(stacks, 'destroy');
      screen.lines(planLines(plans, explain, ['destroyed']), `Plan: ${totals(plans)}`);
      const planned = exitCode(plans);
      if (planned === 1) {
        screen.line('Nothing was destroyed');
        return 1;
      }
      if (planned === 2 && !isApproved && !(await confirmed(world, 'Destroy this?'))) return 1;
      const results = await runner.apply(stacks, plans);
      const call = [callOf(world), ...(from ? ['--from', from] : [])].join(' ');
      screen.lines(resultLines(results, explain, repeating(call)));
      return exitCode(results);
    });
  },
  '\nExit code: 0 if all is destroyed, 1 if not. Documentation: docs/deploy.md\n',
  OPERANDS,
);

/** @throws UserError if there is none */
function removedSince(ref: string, topology: ResolvedTopology, file: string): Stack[] {
  rmSync(REMOVED, { recursive: true, force: true });
  mkdirSync(REMOVED, { recursive: true });
  const at = { option: '--from', outdir: path.resolve(REMOVED) };
  const { topology: before } = synthesizeAt(ref, file, at);
  const ids = new Set(stacksOf(topology).map(({ id }) => id));
  const removed = before ? stacksOf(before).filter(({ id }) => !ids.has(id)) : [];
  if (removed.length > 0) return removed;
  throw new UserError(`--from: the topology has every stack that it had at ${ref}`);
}
