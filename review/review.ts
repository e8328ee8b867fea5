import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { type AccessAnswer, evaluateAccess } from './access/access';
import { readAccessModel } from './access/model';
import type { Before } from './changes/at-ref';
import { whatChanged } from './changes/changes';
import { codeOf } from './changes/code';
import { moved } from './changes/moved';
import type { Finding, Review } from './model';
import { Stacks } from './read/resources';
import type { Stack } from './read/stacks';
import { drawTopology } from './report/graph';
import {
  type Answer,
  accessSection,
  comparisonSection,
  findingsSection,
  summary,
} from './report/sections';
import { applyRules } from './rules';

export interface ReviewInput {
  /** Reads what is deployed. */
  readonly stacks: () => readonly Stack[];
  /** What it is meant to be. */
  readonly topology: ResolvedTopology;
  /** What the dates of runtimes are compared with. */
  readonly today: Date;
  /** Where a folder differs from the topology. Default: the stacks are synthesized from it. */
  readonly comparison?: readonly Finding[];
  /** What the stacks were at a commit. Default: nothing is compared. */
  readonly before?: Before;
  /** What a deploy would change, if that is asked. */
  readonly plan?: { readonly answer: Answer; readonly findings: readonly Finding[] };
}

/** Answers the questions of a reviewer. Of stacks that cannot be read only the comparison is answered. */
export function review(input: ReviewInput): Review {
  const { plan } = input;
  const { answers, graph, ...read } = answersTo(input);
  const findings = [...read.findings, ...(plan?.findings ?? [])];
  const all = [...answers, findingsSection(findings), ...(plan ? [plan.answer] : [])];
  return { name: input.topology.name, findings, sections: [summary(all, graph), ...all] };
}

function answersTo(input: ReviewInput) {
  try {
    return read(input, input.stacks());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `cannot be read, so nothing is known of access and changes: ${error.message}`;
    const unreadable = { rule: 'unreadable', stops: true, place: 'the stacks', message };
    const { comparison, topology } = input;
    const answers = [comparisonSection([], codeOf(topology), comparison)];
    return { findings: [...(comparison ?? []), unreadable], answers, graph: undefined };
  }
}

function read({ topology, today, comparison, before }: ReviewInput, all: readonly Stack[]) {
  const stacks = new Stacks(all);
  const model = readAccessModel(stacks);
  const access = evaluateAccess(model, topology);
  const code = codeOf(topology);
  const { allowed, granted } = access;
  const moves = before ? moved(before.stacks, all) : [];
  const old = before && { ...before, allowed: grantedBefore(before) };
  return {
    findings: [
      ...(comparison ?? []),
      ...moves,
      ...access.findings,
      ...applyRules({ stacks, topology, model, today }),
    ],
    answers: [
      comparisonSection(all, code, comparison),
      whatChanged(old, { topology, stacks: all, code, allowed: granted }, moves),
      accessSection(access, model),
    ],
    graph: drawTopology(stacks, access.targets, allowed, topology),
  };
}

function grantedBefore({ stacks, topology }: Before): readonly AccessAnswer[] {
  if (!topology) return [];
  return evaluateAccess(readAccessModel(new Stacks(stacks)), topology).granted;
}
