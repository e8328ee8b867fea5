import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { App, Manifest, TerraformStack } from 'cdktf';
import { version } from '../package.json';
import { STATE_BUCKET_STACK_ID } from '../topology/names';
import { PACKAGE_NAME } from '../topology/own-files';
import { temporaryFolder, writing } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { stacksOf } from '../topology/stacks';
import { buildStacks } from './build-stacks';
import { withFolderLock } from './folder-lock';

export interface SynthesisOptions {
  readonly hcl?: boolean;
  /** Whether folders of former stacks stay: cdktf's CLI deletes them itself, and fails where they are gone. */
  readonly keepStale?: boolean;
}

/** All that a synthesis writes in the folder of a stack. The rest is Terraform's, such as `.terraform`. */
export const SYNTHESIZED = ['cdk.tf.json', 'cdk.tf', 'metadata.json', 'assets'];

/** With HCL: the stacks as other tools read them. */
const STACK_LIST = 'stacks.json';

const LISTS = [STACK_LIST, Manifest.fileName];

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
  const scratch = temporaryFolder('synth-');
  try {
    const ids = await writeFinalStacks(topology, scratch, hcl);
    await replace(outdir, scratch, ids, keepStale);
    return ids;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The same, to an empty folder. HCL is as it is shown to people, and says what it was made from, the same on every machine. */
export async function writeFinalStacks(
  topology: ResolvedTopology,
  folder: string,
  hcl = false,
): Promise<string[]> {
  const ids = writeStacks(topology, folder, hcl);
  if (!hcl) return ids;
  // Only here, since the formatter is WebAssembly, which takes as long to load as the rest to run.
  const { tidyHcl } = await import('../terraform/hcl/tidy-hcl');
  const origin = `# Written from the topology ${topology.name} by npm run synth:hcl of ${PACKAGE_NAME} ${version}`;
  for (const id of ids) {
    const file = path.join(folder, Manifest.stacksFolder, id, 'cdk.tf');
    writeFileSync(file, `${origin}\n\n${await tidyHcl(readFileSync(file, 'utf8'))}`);
  }
  const list = stacksOf(topology).map(({ tenant: _, ofOthers: __, dependsOn, ...stack }) => ({
    ...stack,
    // Those whose outputs it reads, the last one first.
    dependsOn: dependsOn.filter((id) => id !== STATE_BUCKET_STACK_ID).reverse(),
    folder: path.posix.join(Manifest.stacksFolder, stack.id),
  }));
  writeFileSync(path.join(folder, STACK_LIST), `${JSON.stringify(list, null, 2)}\n`);
  return ids;
}

/** The same, and HCL as cdktf has it. */
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

function replace(
  outdir: string,
  scratch: string,
  ids: readonly string[],
  keepStale = false,
): Promise<void> {
  const stacks = path.join(outdir, Manifest.stacksFolder);
  return withFolderLock(outdir, () =>
    writing('the stacks', outdir, () => {
      mkdirSync(stacks, { recursive: true });
      for (const list of LISTS) rmSync(path.join(outdir, list), { force: true });
      for (const id of readdirSync(stacks)) {
        const stack = path.join(stacks, id);
        const written = SYNTHESIZED.map((name) => path.join(stack, name)).filter(existsSync);
        const isStale = written.length > 0 && !ids.includes(id);
        if (isStale && keepStale) continue;
        for (const place of isStale ? [stack] : written) rmSync(place, { recursive: true });
      }
      const copy = { recursive: true, verbatimSymlinks: true };
      cpSync(path.join(scratch, Manifest.stacksFolder), stacks, copy);
      for (const list of LISTS.filter((name) => existsSync(path.join(scratch, name)))) {
        cpSync(path.join(scratch, list), path.join(outdir, list));
      }
    }),
  );
}
