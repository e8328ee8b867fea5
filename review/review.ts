import type { ResolvedTopology } from '../topology/resolve';
import { type Deployment, readDeployment } from './access/deployment';
import { evaluateAccess, type Matrix } from './access/matrix';
import { question } from './access/summary';
import { type Code, codeOf } from './code';
import { type Protection, protections, type Replacement, replacements } from './destructive';
import type { Finding } from './model';
import { notesOn } from './notes';
import { readPipeline } from './pipeline';
import { measureQuotas, type Quota, share } from './quotas';
import { Stacks } from './read/resources';
import type { Stack } from './read/stacks';
import { drawTopology } from './report/diagram';
import { type Runtime, runtimes } from './runtimes';

/** Everything a reviewer is told. */
export interface Review {
  readonly name: string;
  readonly stacks: readonly Stack[];
  readonly deployment: Deployment;
  readonly access: Matrix;
  readonly quotas: readonly Quota[];
  readonly replacements: readonly Replacement[];
  readonly protections: readonly Protection[];
  readonly code: readonly Code[];
  readonly runtimes: readonly Runtime[];
  /** What is no mistake and a reviewer should know, one line each. */
  readonly notes: readonly string[];
  /** Where the folder is not what the topology synthesizes, if that was looked for. */
  readonly comparison?: readonly Finding[];
  /** The picture, as DOT. */
  readonly diagram: string;
}

/**
 * Reviews synthesized stacks.
 *
 * @param topology what the stacks are meant to be
 * @param today what the dates of runtimes are compared with
 * @param comparison where the folder is not what the topology synthesizes, if that was looked for
 * @throws UserError if the stacks hold something that cannot be read
 */
export async function review(
  all: readonly Stack[],
  topology: ResolvedTopology,
  today: Date,
  comparison?: readonly Finding[],
): Promise<Review> {
  const stacks = new Stacks(all);
  const deployment = readDeployment(stacks);
  const pipeline = readPipeline(stacks);
  const used = runtimes(pipeline.functions, today);
  const access = await evaluateAccess(deployment, topology);
  return {
    name: topology.name,
    stacks: all,
    deployment,
    access,
    quotas: measureQuotas(stacks, deployment, pipeline, topology),
    replacements: replacements(stacks),
    protections: protections(stacks),
    code: codeOf(topology),
    runtimes: used,
    notes: [
      ...notesOn(topology, used),
      ...(comparison ?? []).filter(({ stops }) => !stops).map(line),
    ],
    comparison,
    diagram: drawTopology(deployment, pipeline, access),
  };
}

/** What is not as it should be, one line each; nothing if all is well. */
export function failures({
  access,
  quotas,
  runtimes: used,
  comparison = [],
}: Pick<Review, 'access' | 'quotas' | 'runtimes' | 'comparison'>): string[] {
  return [
    ...accessFailures(access),
    ...quotas
      .filter((quota) => share(quota) > 1)
      .map(
        ({ name, largest, used, limit, unit }) =>
          `${name} ${largest}: ${used} ${unit}, at most ${limit}`,
      ),
    ...used
      .filter(({ state }) => state === 'not updated')
      .map(
        ({ name, functions, dates }) =>
          `runtime ${name} of ${functions.join(', ')}: Lambda has not updated functions with it since ${dates?.noUpdate}`,
      ),
    ...comparison.filter(({ stops }) => stops).map(line),
  ];
}

function line({ place, message }: Finding): string {
  return `${place} ${message}`;
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
