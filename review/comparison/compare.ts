import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import diff from 'microdiff';
import { parseDocument } from 'yaml';
import { SYNTHESIZED, writeFinalStacks } from '../../stacks/synthesize';
import { otherApp } from '../../topology/other-app';
import { temporaryFolder } from '../../topology/paths';
import { UserError } from '../../topology/problem';
import type { ResolvedTopology } from '../../topology/resolve';
import { visible } from '../../topology/unicode';
import { few } from '../lists';
import type { Finding } from '../model';
import { addressOf } from '../read/stacks';
import { plural } from '../report/words';
import { type TreeDifference, treeDifferences } from './tree';

/** Whether a folder of stacks is HCL. With JSON among it, it is JSON, and the HCL is not of the topology. */
export function isHcl(folder: string): boolean {
  const stacks = path.join(folder, 'stacks');
  const isFolder = statSync(stacks, { throwIfNoEntry: false })?.isDirectory();
  const files = (isFolder ? readdirSync(stacks) : []).flatMap((id) =>
    ['cdk.tf', 'cdk.tf.json'].filter((name) => existsSync(path.join(stacks, id, name))),
  );
  return files.length > 0 && files.every((name) => name === 'cdk.tf');
}

/**
 * Whether a synthesized folder is what the topology synthesizes: the same folders, files and bytes. All of it
 * is deployed, and a file with a harmless name can be configuration.
 *
 * @param afterInit whether Terraform may have run there: what it writes for itself is then not compared
 * @throws UserError if the folder cannot be read
 */
export async function compareWithTopology(
  topology: ResolvedTopology,
  folder: string,
  afterInit = false,
): Promise<Finding[]> {
  const own = temporaryFolder('review-');
  try {
    await writeFinalStacks(topology, own, isHcl(folder));
    return compareFolders(own, folder, afterInit);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UserError(`${folder} cannot be read: ${(error as Error).message}`);
  } finally {
    rmSync(own, { recursive: true });
  }
}

/** @param own what is expected */
export function compareFolders(own: string, folder: string, afterInit = false): Finding[] {
  const all = treeDifferences(own, folder);
  const ofTerraform = all.filter((difference) => isOfTerraform(difference, own));
  const others = all.filter((difference) => !ofTerraform.includes(difference));
  return [
    ...afterTerraform(ofTerraform, afterInit),
    ...others.map((difference) => finding(difference.file, describe(difference, own, folder))),
  ];
}

/** Of a stack's folder. Never `*.tf`, `*.tf.json` or `*.auto.tfvars`, which Terraform takes as input. */
const TERRAFORM_FILES =
  /^stacks.[^/\\]+.(plan|\.terraform\.lock\.hcl|\.terraform\.tfstate\.lock\.info|errored\.tfstate|terraform\.tfstate(\.\d+)?(\.backup)?)$/;
/** What it downloads for all stacks. */
const CACHE = '.terraform';
const TERRAFORM_FOLDER = /^(stacks.[^/\\]+.)?\.terraform$/;
const PACKAGE = /^stacks.[^/\\]+.assets.[^/\\]+.[^/\\]+\.zip$/;

/** Whether Terraform, or cdktf's CLI, writes it for itself: each plan makes the archive of the code again. */
function isOfTerraform({ file, expected, found }: TreeDifference, own: string): boolean {
  if (expected || !found) return false;
  if (found.isDirectory()) return TERRAFORM_FOLDER.test(file);
  if (!found.isFile()) return false;
  const code = path.join(own, file.replace(/\.zip$/, ''));
  return TERRAFORM_FILES.test(file) || (PACKAGE.test(file) && existsSync(code));
}

/** What is in the folder of a stack, and neither a synthesis nor Terraform writes there. */
export function foreignFiles(folder: string): string[] {
  const place = path.join('stacks', path.basename(folder));
  const isOwn = (name: string) =>
    SYNTHESIZED.includes(name) ||
    [TERRAFORM_FILES, TERRAFORM_FOLDER].some((own) => own.test(path.join(place, name)));
  return readdirSync(folder)
    .filter((name) => !isOwn(name))
    .map((name) => path.join(folder, name));
}

function afterTerraform(written: readonly TreeDifference[], afterInit: boolean): Finding[] {
  const [first] = written.filter(({ file }) => file !== CACHE);
  if (!first) return [];
  const stacks = new Set(written.flatMap(({ file }) => file.split(path.sep)[1] ?? [])).size;
  const where = `Terraform has run in the folders of ${plural(stacks, 'stack')}`;
  const message = afterInit
    ? `${where}: its providers, modules, plans, states and archives were not compared`
    : `${where}, and nobody reviewed its providers, modules and plans: review a fresh folder, or all else with --after-init`;
  return [finding(path.dirname(first.file), message, !afterInit)];
}

const OF_APP = 'if the app of cdktf.json does that, let somebody review it';

function describe({ file, expected, found }: TreeDifference, own: string, folder: string): string {
  const [remedy, ofUnknown] =
    otherApp() === undefined
      ? [`if the topology is right, run npm run ${isHcl(own) ? 'synth:hcl' : 'synth'}`, 'delete it']
      : [OF_APP, OF_APP];
  if (!found) return `is missing; ${remedy}`;
  if (!expected) return `is not of the topology; ${ofUnknown}`;
  const read = (root: string) => readFileSync(path.join(root, file), 'utf8');
  const isRead = found.isFile() && path.basename(file) === 'cdk.tf.json';
  const where = isRead ? configurationDifferences(read(own), read(folder)) : '';
  return `is not what the topology synthesizes${where}; ${remedy}`;
}

/**
 * Where a `cdk.tf.json` differs from another, as ` at <addresses and attributes>`. Values are left out, since they
 * can be secret. Empty where the same values are written in other bytes, and where the other is not JSON.
 */
function configurationDifferences(expected: string, found: string): string {
  try {
    const all = diff(JSON.parse(expected), JSON.parse(found), { cyclesFix: false });
    const places = [...repeatedKeys(found), ...all.map((each) => addressOf(each.path))];
    return places.length > 0 ? ` at ${few(places)}` : '';
  } catch {
    return '';
  }
}

/** Terraform takes both values of a key that appears twice, and `JSON.parse` the last. */
function repeatedKeys(text: string): string[] {
  const { errors } = parseDocument(text, { schema: 'json', prettyErrors: false });
  const repeated = errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (!repeated) return [];
  return [`line ${text.slice(0, repeated.pos[0]).split('\n').length}, where a key is repeated`];
}

function finding(place: string, message: string, stops = true): Finding {
  return { rule: 'comparison', stops, place: visible(place), message: visible(message) };
}
