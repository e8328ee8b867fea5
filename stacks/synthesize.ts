import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Manifest, TerraformStack } from 'cdktf';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { buildStacks } from './build-stacks';
import { withFolderLock } from './folder-lock';

export interface SynthesisOptions {
  /** HCL instead of JSON. */
  readonly hcl?: boolean;
  /** Whether folders of former stacks stay: cdktf's CLI deletes them itself, and fails where they are gone. */
  readonly keepStale?: boolean;
}

/** All that a synthesis writes in the folder of a stack. The rest is Terraform's, such as `.terraform`. */
const SYNTHESIZED = ['cdk.tf.json', 'cdk.tf', 'metadata.json', 'assets'];

/**
 * Writes the stacks of a topology to a folder, as `cdktf synth` does, without its CLI. It replaces what an earlier
 * synthesis wrote, and leaves what Terraform keeps there. One that fails changes nothing, and one that is cut off
 * leaves no manifest.
 *
 * @returns the ids of the stacks, in the order of deployment
 * @throws UserError of stacks that Terraform would refuse, or that cannot be written; one line for each problem
 */
export async function synthesize(
  topology: ResolvedTopology,
  outdir: string,
  { hcl, keepStale }: SynthesisOptions = {},
): Promise<string[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'synth-'));
  try {
    const ids = writeStacks(topology, scratch, hcl);
    if (hcl) await tidy(scratch, ids);
    replace(outdir, scratch, ids, keepStale);
    return ids;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same, to an empty folder, and HCL as cdktf has it. */
export function writeStacks(topology: ResolvedTopology, folder: string, hcl = false): string[] {
  // The app and each stack read it there.
  process.env.SYNTH_HCL_OUTPUT = String(hcl);
  const app = new App({ outdir: folder, skipValidation: true });
  buildStacks(app, topology);
  const problems = app.node
    .findAll()
    .flatMap(({ node }) => node.validate().map((problem) => `${node.path} ${problem}`));
  if (problems.length > 0) throw new UserError(...problems);
  app.synth();
  return app.node.children.filter(TerraformStack.isStack).map(({ node }) => node.id);
}

async function tidy(folder: string, ids: readonly string[]): Promise<void> {
  // Only here, since the formatter is WebAssembly, which takes as long to load as the rest to run.
  const { tidyHcl } = await import('../terraform/hcl/tidy-hcl');
  for (const id of ids) {
    const file = path.join(folder, Manifest.stacksFolder, id, 'cdk.tf');
    writeFileSync(file, await tidyHcl(readFileSync(file, 'utf8')));
  }
}

function replace(outdir: string, scratch: string, ids: readonly string[], keepStale = false): void {
  const stacks = path.join(outdir, Manifest.stacksFolder);
  const manifest = path.join(outdir, Manifest.fileName);
  try {
    mkdirSync(stacks, { recursive: true });
    withFolderLock(outdir, () => {
      rmSync(manifest, { force: true });
      for (const id of readdirSync(stacks)) {
        const stack = path.join(stacks, id);
        const written = SYNTHESIZED.map((name) => path.join(stack, name)).filter(existsSync);
        const isStale = written.length > 0 && !ids.includes(id);
        if (isStale && keepStale) continue;
        for (const place of isStale ? [stack] : written) rmSync(place, { recursive: true });
      }
      const copy = { recursive: true, verbatimSymlinks: true };
      cpSync(path.join(scratch, Manifest.stacksFolder), stacks, copy);
      cpSync(path.join(scratch, Manifest.fileName), manifest);
    });
  } catch (error) {
    throw new UserError(`the stacks cannot be written to ${outdir}: ${(error as Error).message}`);
  }
}
