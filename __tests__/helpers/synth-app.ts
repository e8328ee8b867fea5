import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { App, TerraformStack, Testing } from 'cdktf';
import { validate } from '../../load/validate';
import { buildStacks } from '../../stacks/build-stacks';
import { ConsumerStack } from '../../stacks/consumer-stack';
import type { ResolvedConsumer, ResolvedTopology } from '../../topology/resolve';
import { type Content, type Overrides, topology } from './topology';

/** Blocks by type and name. */
type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** A stack's configuration, as in `cdk.tf.json` without comments. */
export interface StackJson {
  readonly terraform: object;
  readonly provider: Readonly<Record<string, readonly object[]>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, object>>;
}

/** Never written to; `cdktf` makes the folder, though. */
const OUTPUT = path.resolve('dist/testing');
mkdirSync(OUTPUT, { recursive: true });

export const AWS_PROVIDER = { source: 'aws', version: '6.31.0' };
export const ARCHIVE_PROVIDER = { source: 'hashicorp/archive', version: '2.7.1' };

/** An empty app whose stacks are synthesized as JSON. */
export function jsonApp(): App {
  return Testing.app({ outdir: OUTPUT });
}

/** An empty app whose stacks are synthesized as HCL. */
export function hclApp(): App {
  return Testing.fakeCdktfJsonPath(new App({ outdir: OUTPUT, hclOutput: true }));
}

/** The stacks of a valid content of a topology file, which is in this folder. */
export function synthApp(content: Content, folder?: string) {
  const stacks = stacksOf(resolved(content, folder));
  return {
    ids: [...stacks.keys()],
    /** The configuration of a stack, all validations passed. */
    json: (id: string) => jsonOf(get(stacks, id)),
    /** Ids of the stacks that are deployed before this one. */
    dependencies: (id: string) => get(stacks, id).dependencies.map((stack) => stack.node.id),
  };
}

/** The stack of the first consumer alone. */
export function consumerStackOf(overrides: Overrides): ConsumerStack {
  const content = resolved(topology(overrides));
  const [first] = content.consumers as [ResolvedConsumer];
  return new ConsumerStack(jsonApp(), content, first);
}

export const consumerStack = (overrides: Overrides = {}) => jsonOf(consumerStackOf(overrides));

/** A stack of a valid content of a topology file as HCL, all validations passed. */
export function synthHcl(content: Content, id: string, folder?: string): string {
  return Testing.synthHcl(get(stacksOf(resolved(content, folder), hclApp()), id), true);
}

export function jsonOf(stack: TerraformStack): StackJson {
  return JSON.parse(Testing.synth(stack, true));
}

/** How many blocks of each type there are. */
export function counts(blocks: Blocks = {}): Record<string, number> {
  return Object.fromEntries(
    Object.entries(blocks).map(([type, named]) => [type, Object.keys(named).length]),
  );
}

/** The topology that a valid content resolves to. */
export function resolved(content: Content, folder?: string): ResolvedTopology {
  const { topology, problems } = validate(content, folder);
  if (!topology) throw new Error(JSON.stringify(problems));
  return topology;
}

/** The stacks of a topology by their ids. */
export function stacksOf(topology: ResolvedTopology, app = jsonApp()): Map<string, TerraformStack> {
  buildStacks(app, topology);
  const stacks = app.node.findAll().filter((node) => TerraformStack.isStack(node));
  for (const stack of stacks) stack.prepareStack();
  return new Map(stacks.map((stack) => [stack.node.id, stack]));
}

function get(stacks: Map<string, TerraformStack>, id: string): TerraformStack {
  const stack = stacks.get(id);
  if (!stack) throw new Error(`no stack ${id} among ${[...stacks.keys()].join(', ')}`);
  return stack;
}
