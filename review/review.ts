import type { ResolvedTopology } from '../topology/resolve';
import { type Deployment, readDeployment } from './access/deployment';
import { evaluateAccess, type Matrix } from './access/matrix';
import { question } from './access/summary';
import { calculateCosts, type FunctionCost } from './cost';
import { type Protection, protections, type Replacement, replacements } from './destructive';
import { drawTopology } from './diagram';
import { readPipeline } from './pipeline';
import type { Prices } from './prices';
import { measureQuotas, type Quota, share } from './quotas';
import { References } from './references';
import type { Stack } from './stacks';

/** Everything a reviewer is told. */
export interface Review {
  readonly name: string;
  readonly stacks: readonly Stack[];
  readonly deployment: Deployment;
  readonly access: Matrix;
  readonly quotas: readonly Quota[];
  readonly replacements: readonly Replacement[];
  readonly protections: readonly Protection[];
  readonly costs: readonly FunctionCost[];
  readonly prices: Prices;
  /** Where the stacks are not what the topology synthesizes, one line each; if that was looked for. */
  readonly drift?: readonly string[];
  /** The picture, as DOT. */
  readonly diagram: string;
}

/**
 * Reviews synthesized stacks.
 *
 * @param topology what the stacks are meant to be
 * @param drift where the stacks are not what the topology synthesizes, if that was looked for
 * @throws ReviewError if the stacks hold something that cannot be read
 */
export async function review(
  stacks: readonly Stack[],
  topology: ResolvedTopology,
  prices: Prices,
  drift?: readonly string[],
): Promise<Review> {
  const references = new References(stacks);
  const deployment = readDeployment(stacks, references);
  const pipeline = readPipeline(stacks, references);
  const access = await evaluateAccess(deployment, topology);
  return {
    name: topology.name,
    stacks,
    deployment,
    access,
    quotas: measureQuotas(stacks, references, deployment, pipeline, topology),
    replacements: replacements(stacks),
    protections: protections(stacks, references),
    costs: calculateCosts(stacks, references, pipeline, prices),
    prices,
    drift,
    diagram: drawTopology(deployment, pipeline, access),
  };
}

/** What is not as it should be, one line each; nothing if all is well. */
export function failures({
  access,
  quotas,
  drift = [],
}: Pick<Review, 'access' | 'quotas' | 'drift'>): string[] {
  return [
    ...accessFailures(access),
    ...quotas
      .filter((quota) => share(quota) > 1)
      .map(
        ({ name, largest, used, limit, unit }) =>
          `${name} ${largest}: ${used} ${unit}, at most ${limit}`,
      ),
    ...drift,
  ];
}

/** Of these, what is about access. */
export function accessFailures({ differing, unintended, missing, unexplained }: Matrix): string[] {
  return [
    ...differing.map(
      (cell) =>
        `${cell.principal.arn} ${question(cell)} on ${cell.resource.kind} ${cell.resource.arn}: ${verdict(cell.allowed)}, meant to be ${verdict(cell.wanted)} (${cell.by.join('; ')})`,
    ),
    ...unintended,
    ...missing.map((what) => `${what} is in the topology and in no stack`),
    ...unexplained.map(
      (what) => `${what} is not in the topology, and the review cannot tell what it allows`,
    ),
  ];
}

function verdict(allowed: boolean): string {
  return allowed ? 'allowed' : 'denied';
}
