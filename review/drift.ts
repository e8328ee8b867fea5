import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'cdktf';
import { buildStacks } from '../stacks/build-stacks';
import type { ResolvedTopology } from '../topology/resolve';
import { groupBy } from './group-by';
import { stackDifferences } from './stack-differences';
import { readStacks, type Stack } from './stacks';

/** Places of one stack that are named before "and … more". */
const NAMED = 3;

/**
 * Where stacks are not what the topology synthesizes: changed by hand, or older than the topology or
 * the project. One line for each place, up to a few in each stack; values, which can be secret, are
 * not in it.
 */
export function driftFrom(topology: ResolvedTopology, stacks: readonly Stack[]): string[] {
  const differences = stackDifferences(byId(synthesize(topology)), byId(stacks));
  return groupBy(differences, ({ stack }) => stack).flatMap((own) => {
    const lines = own
      .slice(0, NAMED)
      .map(({ stack, path: place, before }) =>
        place === ''
          ? `${stack} is ${before === undefined ? 'not a stack of the topology' : 'a stack of the topology and missing'}`
          : `${stack} ${place} is not as the topology synthesizes it`,
      );
    const more = own.length - NAMED;
    return more > 0 ? [...lines, `${own[0]?.stack} has ${more} more such places`] : lines;
  });
}

function synthesize(topology: ResolvedTopology): Stack[] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'review-'));
  try {
    const app = new App({ outdir });
    buildStacks(app, topology);
    app.synth();
    return readStacks(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function byId(stacks: readonly Stack[]): Record<string, unknown> {
  return Object.fromEntries(stacks.map(({ id, json }) => [id, json]));
}
