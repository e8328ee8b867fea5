import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Access, evaluateAccess } from '../../review/access/access';
import { readAccessModel } from '../../review/access/model';
import type { Finding, Review } from '../../review/model';
import { Stacks } from '../../review/read/resources';
import { parseStack, type Stack, type StackJson } from '../../review/read/stacks';
import { review } from '../../review/review';
import { applyRules } from '../../review/rules';
import { writeStacks } from '../../stacks/synthesize';
import type { ResolvedTopology } from '../../topology/resolve';
import { jsonOf, stacksOf } from './synth-app';

// The first synthesis of a test file loads the provider's classes, which takes long on a busy machine.
jest.setTimeout(60_000);

/** A change to the JSON of a stack. */
export type Edit = (json: Record<string, Record<string, Record<string, object>>>) => void;

/** JSON by stack id; a topology is synthesized once. */
const synthesized = new WeakMap<ResolvedTopology, [string, object][]>();

function synthesize(topology: ResolvedTopology): [string, object][] {
  return [...stacksOf(topology)].map(([id, stack]) => [id, jsonOf(stack)]);
}

/** The stacks of a topology as the review reads them; edits are by stack id. */
export function synthesizedStacks(
  topology: ResolvedTopology,
  edits: Readonly<Record<string, Edit>> = {},
): Stack[] {
  const stacks = synthesized.get(topology) ?? synthesize(topology);
  synthesized.set(topology, stacks);
  return stacks.map(([id, original]) => {
    const json = structuredClone(original);
    edits[id]?.(json as never);
    return parseStack(id, json as StackJson);
  });
}

/** Writes the stacks of a topology as `npm run synth` does; edits are by stack id. */
export function writeSynthesis(
  folder: string,
  topology: ResolvedTopology,
  edits: Readonly<Record<string, Edit>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  writeStacks(topology, folder);
  for (const [id, edit] of Object.entries(edits)) editStack(path.join(folder, 'stacks', id), edit);
}

/** Changes what a stack's folder has. */
export function editStack(folder: string, edit: Edit): void {
  const file = path.join(folder, 'cdk.tf.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  edit(json);
  writeFileSync(file, JSON.stringify(json, null, 2));
}

/** Access as it was evaluated. */
export function accessOf(
  topology: ResolvedTopology,
  edits: Readonly<Record<string, Edit>> = {},
): Access {
  const stacks = synthesizedStacks(topology, edits);
  return evaluateAccess(readAccessModel(new Stacks(stacks)), topology);
}

export function reviewOf(
  topology: ResolvedTopology,
  edits: Readonly<Record<string, Edit>> = {},
  today = new Date('2026-08-01'),
): Review {
  return review({ stacks: () => synthesizedStacks(topology, edits), topology, today });
}

/** What the rules find. */
export function ruledOut(
  topology: ResolvedTopology,
  edits: Readonly<Record<string, Edit>> = {},
): Finding[] {
  const stacks = new Stacks(synthesizedStacks(topology, edits));
  const model = readAccessModel(stacks);
  const today = new Date('2026-08-01');
  return applyRules({ stacks, topology, model, today }).filter(({ stops }) => stops);
}

/** What must stop a deployment, as the command prints it. */
export function stops({ findings }: Review): string[] {
  return findings
    .filter((finding) => finding.stops)
    .map(({ place, message }) => [place, message].filter(Boolean).join(' '));
}

/** What is worth knowing, as the command prints it. */
export function notes({ findings }: Review): string[] {
  return findings
    .filter((finding) => !finding.stops)
    .map(({ place, message, copied }) => [place, message, copied].filter(Boolean).join(' '));
}

/** What is found about access, as it is printed. */
export function foundIn({ findings }: Pick<Access, 'findings'>): string[] {
  return findings.map(({ place, message }) => `${place} ${message}`);
}

/** The statements of a policy document in a stack. */
export function statementsIn(json: Parameters<Edit>[0], document: string) {
  const { statement: all } = (json.data?.aws_iam_policy_document?.[document] ?? {}) as {
    statement?: Record<string, unknown>[];
  };
  if (!all) throw new Error(`no statements in ${document}`);
  return all;
}

/** A statement of a policy document in a stack. */
export function statement(json: Parameters<Edit>[0], document: string, sid: string) {
  const found = statementsIn(json, document).find((each) => each.sid === sid);
  if (!found) throw new Error(`no statement ${sid} in ${document}`);
  return found;
}

/** Takes a statement out of a policy document in a stack. */
export function withoutStatement(document: string, sid: string): Edit {
  return (json) => {
    const all = statementsIn(json, document);
    all.splice(all.indexOf(statement(json, document, sid)), 1);
  };
}
