import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTopology } from '../../load/load';
import { isInside } from '../../packaging/confinement';
import { entryProblems } from '../../packaging/entry-problems';
import { relative } from '../../packaging/package-files';
import { writeStacks } from '../../stacks/synthesize';
import { UserError } from '../../topology/problem';
import type { ResolvedTopology } from '../../topology/resolve';
import { readStacks, type Stack } from '../read/stacks';
import { type Code, codeOf } from './code';
import { generatorFiles, linkRuntime } from './generator';
import { foldersUpTo, linkPackages } from './packages';

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
 * @throws UserError, in one line, if Git has no such commit or the topology there cannot be synthesized
 */
export function synthesizeAt(ref: string, topologyFile: string): Before {
  const { root, commit } = placeOf(ref);
  const here = realpathSync('.');
  const folder = realpathSync(path.dirname(topologyFile));
  if (!isInside(folder, root)) {
    throw new UserError(`--against: ${topologyFile} is not in the Git repository ${root}`);
  }
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'review-')));
  try {
    const tree = path.join(scratch, 'tree');
    const project = path.join(tree, path.relative(root, here));
    mkdirSync(project, { recursive: true });
    const elsewhere = { GIT_WORK_TREE: tree, GIT_INDEX_FILE: path.join(scratch, 'index') };
    git(['read-tree', '-m', '-u', commit], undefined, elsewhere);
    // Where the search for the project of a topology ends.
    mkdirSync(path.join(tree, '.git'));
    linkPackages(root, tree, [...foldersOfPackages(commit), ...foldersUpTo(root, here, folder)]);
    linkRuntime(root, tree);
    const paths = ['--', ...generatorFiles(root)];
    const differ = git(['diff', '--name-only', '--no-relative', '-z', commit, ...paths]);
    const generator = differ.split('\0').filter(Boolean);
    const of = {
      ref,
      commit: commit.slice(0, 12),
      generator: generator.map((file) => relative(here, path.join(root, file))),
    };
    const file = path.join(path.relative(here, folder), path.basename(topologyFile));
    if (!existsSync(path.join(project, file))) return { ...of, stacks: [], code: [] };
    return { ...of, ...synthesized(project, file, path.join(scratch, 'out'), ref) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function placeOf(ref: string): { readonly root: string; readonly commit: string } {
  const [root = '', isShallow] = git(
    ['rev-parse', '--show-toplevel', '--is-shallow-repository'],
    ` needs a Git repository, and ${process.cwd()} is not in one`,
  ).split('\n');
  const missing =
    isShallow === 'true'
      ? 'in this shallow clone; run git fetch --unshallow, or set fetch-depth: 0 of actions/checkout'
      : 'a commit, branch or tag of this repository; run git fetch';
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return { root: path.resolve(root), commit: git(asked, `: ${ref} is not ${missing}`) };
}

/** Folders of a commit with a package.json, relative to the repository. */
function foldersOfPackages(commit: string): string[] {
  const files = git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]).split('\0');
  return files
    .filter((file) => path.basename(file) === 'package.json')
    .map((file) => path.dirname(file));
}

/** Reads and writes in another working directory, in which nothing waits. */
function synthesized(project: string, file: string, out: string, ref: string) {
  const here = process.cwd();
  process.chdir(project);
  try {
    const topology = loadTopology(file, entryProblems);
    writeStacks(topology, out);
    return { topology, stacks: readStacks(out), code: codeOf(topology) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = error.message.split('\n');
    throw new UserError(
      ...lines.map((line) => `--against: cannot be synthesized as of ${ref}: ${line}`),
    );
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
  if (error) throw new UserError(`--against needs Git: ${error.message}`);
  if (status === 0) return stdout.trim();
  const [first] = stderr.trim().split('\n');
  throw new UserError(`--against${failure ?? `: git ${args[0]} failed: ${first}`}`);
}
