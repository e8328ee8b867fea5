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
  /** The picture, as DOT. */
  readonly diagram: string;
}

/**
 * Reviews synthesized stacks.
 *
 * @param topology what the stacks are meant to be
 * @throws ReviewError if the stacks hold something that cannot be read
 */
export async function review(
  stacks: readonly Stack[],
  topology: ResolvedTopology,
  prices: Prices,
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
    quotas: measureQuotas(stacks, references, deployment, pipeline),
    replacements: replacements(stacks),
    protections: protections(stacks, references),
    costs: calculateCosts(stacks, references, pipeline, prices),
    prices,
    diagram: drawTopology(deployment, pipeline, access),
  };
}

/** What is not as it should be, one line each; nothing if all is well. */
export function failures({ access, quotas }: Pick<Review, 'access' | 'quotas'>): string[] {
  return [
    ...access.differing.map(
      (cell) =>
        `${cell.principal.arn} ${question(cell)} on ${cell.resource.kind} ${cell.resource.arn}: ${verdict(cell.allowed)}, meant to be ${verdict(cell.wanted)} (${cell.by.join('; ')})`,
    ),
    ...access.missing.map((what) => `${what} is in the topology and in no stack`),
    ...quotas
      .filter((quota) => share(quota) > 1)
      .map(
        ({ name, largest, used, limit, unit }) =>
          `${name} ${largest}: ${used} ${unit}, at most ${limit}`,
      ),
  ];
}

function verdict(allowed: boolean): string {
  return allowed ? 'allowed' : 'denied';
}
