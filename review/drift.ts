import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeStacks } from '../stacks/synthesize';
import type { ResolvedTopology } from '../topology/resolve';
import { groupBy } from './lists';
import { readStacks, type Stack } from './read/stacks';
import { configurationsOf, stackDifferences } from './stack-differences';

/** Places of one stack that are named before "and … more". */
const NAMED = 3;

/**
 * Where what is synthesized in a folder is not what the topology synthesizes: changed by hand, or older
 * than the topology or the project. One line for each place, up to a few in each stack; values, which can
 * be secret, are not in it.
 *
 * @param stacks those that were read from the folder
 */
export function driftFrom(
  topology: ResolvedTopology,
  folder: string,
  stacks: readonly Stack[],
): string[] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'review-'));
  try {
    writeStacks(topology, outdir);
    return [...configurationDrift(readStacks(outdir), stacks), ...fileDrift(outdir, folder)];
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function configurationDrift(meant: readonly Stack[], found: readonly Stack[]): string[] {
  const differences = stackDifferences(configurationsOf(meant), configurationsOf(found));
  return groupBy(differences, ({ stack }) => stack).flatMap((own) => {
    const lines = own
      .slice(0, NAMED)
      .map(({ stack, path: place, before }) =>
        place === ''
          ? `${stack} is ${before === undefined ? 'not a stack of the topology' : 'a stack of the topology and missing'}`
          : `${stack} ${place} is not as the topology synthesizes it`,
      );
    const more = own.length - NAMED;
    return more > 0 ? [...lines, `${own[0]?.stack} has ${more} more such places`] : lines;
  });
}

/** The configuration itself is compared by its content; the others Terraform and cdktf write themselves. */
const NOT_COMPARED = /^(cdk\.tf\.json|metadata\.json|plan|\.terraform.*|.*\.zip|.*\.tfstate.*)$/;

/**
 * Files beside the configuration, which Terraform reads or packs: code that is another, `.tf` that was
 * added. One that is missing ends a plan.
 */
function fileDrift(meant: string, found: string): string[] {
  const expected = hashes(path.join(meant, 'stacks'));
  return [...hashes(path.join(found, 'stacks'))]
    .filter(([file, hash]) => expected.get(file) !== hash)
    .map(([file]) =>
      expected.has(file)
        ? `stacks/${file} is not as the topology synthesizes it`
        : `stacks/${file} is not of the topology`,
    );
}

/** Hashes of the files that are compared, by their path, in order. */
function hashes(root: string): Map<string, string> {
  if (!existsSync(root)) return new Map();
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.split(path.sep).some((part) => NOT_COMPARED.test(part)))
    .filter((file) => statSync(path.join(root, file)).isFile())
    .sort();
  return new Map(files.map((file) => [file, hashOf(path.join(root, file))]));
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
