import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { linkedFrom } from '../../packaging/confinement';
import { entryProblems } from '../../packaging/entry-problems';
import { writeStacks } from '../../stacks/synthesize';
import { isInside, relative, temporaryFolder } from '../../topology/paths';
import { UserError } from '../../topology/problem';
import type { ResolvedTopology } from '../../topology/resolve';
import { few } from '../lists';
import { readStacks, type Stack } from '../read/stacks';
import { type Code, codeOf } from './code';
import { isOfGenerator, linkRuntime } from './generator';
import { copiedFolders, foldersUpTo, linkPackages } from './packages';

/** A topology as it is at a commit, synthesized by this generator. */
export interface Before {
  /** As it was asked for, and as Git has it, in short. */
  readonly ref: string;
  readonly commit: string;
  /** Files of the generator, and of what its dependencies are, that differ from the working directory's. */
  readonly generator: readonly string[];
  /** Undefined where the topology file is not there yet. */
  readonly topology?: ResolvedTopology;
  readonly stacks: readonly Stack[];
  readonly code: readonly Code[];
}

/**
 * Synthesizes a topology of a commit, with the functions of that commit.
 *
 * @param topologyFile path, relative to the working directory
 * @param option that names the commit, for messages
 * @param outdir absolute path of an empty folder, which keeps the stacks. Default: none does
 * @throws UserError, in one line, if Git has no such commit or the topology there cannot be synthesized
 */
export function synthesizeAt(
  ref: string,
  topologyFile: string,
  { option = '--against', outdir }: { readonly option?: string; readonly outdir?: string } = {},
): Before {
  try {
    return before(ref, topologyFile, outdir);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(...error.message.split('\n').map((line) => `${option}${line}`));
  }
}

function before(ref: string, topologyFile: string, outdir?: string): Before {
  const { root, commit } = placeOf(ref);
  const here = realpathSync('.');
  const folder = realpathSync(path.dirname(topologyFile));
  if (!isInside(folder, root)) {
    throw new UserError(`: ${topologyFile} is not in the Git repository ${root}`);
  }
  const scratch = temporaryFolder('review-');
  try {
    const tree = path.join(scratch, 'tree');
    const project = path.join(tree, path.relative(root, here));
    mkdirSync(project, { recursive: true });
    const elsewhere = { GIT_WORK_TREE: tree, GIT_INDEX_FILE: path.join(scratch, 'index') };
    git(['read-tree', '-m', '-u', commit], undefined, elsewhere);
    // Where the search for the project of a topology ends.
    mkdirSync(path.join(tree, '.git'));
    const committed = names('ls-tree', '-r', '--name-only', '--full-tree', commit);
    const manifests = committed.filter((file) => path.basename(file) === 'package.json');
    const packages = manifests.map((file) => path.dirname(file));
    const folders = [...packages, ...foldersUpTo(root, here, folder)];
    const tracked = names('ls-files', '--full-name', ':/');
    const linked = linkPackages(root, tree, folders, tracked);
    for (const each of linked) linkedFrom.add(each);
    linkRuntime(root, tree);
    // No setting of the repository or of a submodule leaves a file out.
    const all = ['--no-relative', '--no-renames', '--ignore-submodules=none'];
    const differ = names('diff', '--name-only', ...all, commit);
    const copied = copiedFolders(root, tree, packages, linked);
    const generator = differ.filter(isOfGenerator(root, [here, folder, ...linked], copied));
    const of = {
      ref,
      commit: commit.slice(0, 12),
      generator: generator.map((file) => relative(here, path.join(root, file))),
    };
    const file = path.join(path.relative(here, folder), path.basename(topologyFile));
    if (!existsSync(path.join(project, file))) return { ...of, stacks: [], code: [] };
    return { ...of, ...synthesized(project, file, outdir ?? path.join(scratch, 'out'), of) };
  } finally {
    linkedFrom.clear();
    rmSync(scratch, { recursive: true });
  }
}

function placeOf(ref: string): { readonly root: string; readonly commit: string } {
  const outside = ` needs a Git repository, and ${process.cwd()} is not in one`;
  const root = git(['rev-parse', '--show-toplevel'], outside);
  const missing =
    git(['rev-parse', '--is-shallow-repository']) === 'true'
      ? 'in this shallow clone; run git fetch --unshallow, or set fetch-depth: 0 of actions/checkout'
      : 'a commit, branch or tag of this repository; run git fetch';
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return { root: path.resolve(root), commit: git(asked, `: ${ref} is not ${missing}`) };
}

function names(command: string, ...args: readonly string[]): string[] {
  return git([command, '-z', ...args])
    .split('\0')
    .filter(Boolean);
}

/** Reads and writes in another working directory, in which nothing waits. */
function synthesized(
  project: string,
  file: string,
  out: string,
  { ref, generator }: Pick<Before, 'ref' | 'generator'>,
) {
  const here = process.cwd();
  process.chdir(project);
  try {
    const topology = loadTopology(file, entryProblems);
    writeStacks(topology, out);
    return { topology, stacks: readStacks(out), code: codeOf(topology) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = error.message
      .split('\n')
      .map((line) => `cannot be synthesized as of ${ref}: ${line}`);
    const differ = `the generator or its dependencies differ from ${ref}: ${few(generator, 6)}`;
    const all = generator.length > 0 ? [...lines, differ] : lines;
    throw new UserError(...all.map((line) => `: ${line}`));
  } finally {
    process.chdir(here);
  }
}

/** @param failure what it means if Git fails. Default: its own message */
function git(args: readonly string[], failure?: string, env: object = {}): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error) throw new UserError(` needs Git: ${error.message}`);
  // Names may begin and end with white space.
  if (status === 0) return stdout.replace(/\n$/, '');
  const [first] = stderr.trim().split('\n');
  throw new UserError(failure ?? `: git ${args[0]} failed: ${first}`);
}
