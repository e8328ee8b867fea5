/**
 * `npm run bench -- deploy [<tenants>...]`: deploys of many stacks, against Terraform in a loop of a shell and against
 * cdktf's CLI. Each contestant has an emulator of AWS of its own, in which nothing is deployed.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Emulator, missing } from '../e2e/emulator';
import { LOCK_FILE } from '../terraform/initialize';
import { UserError } from '../topology/problem';
import { findCli, missingCli } from './cdktf-cli';
import { measure, type Taken } from './process-tree';
import { tenantsTopology } from './tenants';

/** Where a contestant runs. */
interface Place {
  readonly folder: string;
  readonly tenants: number;
  readonly parallelism: string;
}

interface Step {
  readonly name: string;
  /** Name of the step that this is a ratio of. */
  readonly reference?: string;
  readonly command: (place: Place) => readonly string[];
}

/** The first step of each deploys. */
const CONTESTANTS: readonly (readonly Step[])[] = [
  [
    { name: 'loop', command: loop },
    { name: 'loop-again', command: loop },
  ],
  [
    { name: 'deploy', reference: 'loop', command: deploy },
    { name: 'deploy-again', reference: 'loop-again', command: deploy },
    { name: 'plan', command: ({ parallelism }) => own('plan', '--parallelism', parallelism) },
    { name: 'add-tenant', command: addTenant },
  ],
  [{ name: 'cdktf', reference: 'loop', command: cdktf }],
];

const ALL = CONTESTANTS.flat().map(({ name }) => name);

const OPTIONS = {
  only: { type: 'string', default: ALL.join() },
  parallelism: { type: 'string', default: '4' },
} as const;

const TOPOLOGY = 'topology.yaml';
const COMMANDS = [path.resolve('commands/start.mjs'), 'commands/index.ts'];
const TERRAFORM = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
const ENVIRONMENT = {
  TOPOLOGY,
  CI: 'true',
  CHECKPOINT_DISABLE: '1',
};

/** @param folder an empty one */
export async function benchDeploy(given: readonly string[], folder: string): Promise<void> {
  const { values, positionals } = parse(given);
  const only = values.only.split(',');
  const counts = positionals.length > 0 ? positionals.map(Number) : [5, 20, 40];
  if (!counts.every((count) => count > 0)) throw new UserError('tenants are numbers from 1');
  const lacking = missing();
  if (lacking.length > 0) throw new UserError(`this machine lacks ${lacking.join(' and ')}`);
  if (only.includes('cdktf') && !findCli()) throw new UserError(missingCli());
  if (!only.every((name) => ALL.includes(name))) throw new UserError(`--only takes ${ALL.join()}`);

  Object.assign(process.env, ENVIRONMENT);
  const shared = path.join(folder, 'shared');
  fillCache(shared);
  writeTopology(shared, 1_000);
  for (const command of ['stacks', 'synth']) {
    console.log(lineOf(command, 1_000, await measure(own(command), shared)));
  }
  for (const tenants of counts) {
    const results = new Map<string, Taken>();
    for (const [first, ...others] of CONTESTANTS) {
      const next = others.filter(({ name }) => only.includes(name));
      if (!first || (next.length === 0 && !only.includes(first.name))) continue;
      const place = { folder: path.join(folder, first.name), tenants, ...values };
      await runSteps([first, ...next], place, shared, results);
    }
  }
}

/** @param results of all contestants so far, by the name of the step */
async function runSteps(
  steps: readonly Step[],
  place: Place,
  shared: string,
  results: Map<string, Taken>,
): Promise<void> {
  const emulator = await Emulator.start();
  emulator.use();
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await new S3Client({}).send(new CreateBucketCommand({ Bucket: 'example-terraform-state' }));
  prepare(place, shared);
  for (const { name, reference = '', command } of steps) {
    const result = await measure(command(place), place.folder);
    results.set(name, result);
    console.log(lineOf(name, place.tenants, result, results.get(reference)));
    if (!result.succeeded) break;
  }
  rmSync(place.folder, { recursive: true });
  await emulator.stop();
}

/** @throws UserError of another option, in Node's words */
function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** Installs the providers before anything is measured. Terraform takes from a cache only what a lock file names. */
function fillCache(folder: string): void {
  process.env.TF_PLUGIN_CACHE_DIR = path.join(folder, 'plugins');
  mkdirSync(process.env.TF_PLUGIN_CACHE_DIR, { recursive: true });
  writeFileSync(path.join(folder, TOPOLOGY), tenantsTopology(1, {}));
  run(own('synth'), folder);
  const consumer = path.join(folder, 'cdktf.out', 'stacks', 'consumer-metering');
  run([TERRAFORM, 'init', '-backend=false', '-input=false'], consumer);
  cpSync(path.join(consumer, LOCK_FILE), path.join(folder, LOCK_FILE));
}

/** A repository with the topology, and what a contestant finds there: HCL, settings of cdktf, lock files. */
function prepare({ folder, tenants }: Place, shared: string): void {
  mkdirSync(folder);
  const app = ['node', ...COMMANDS, 'app'].join(' ');
  const settings = { language: 'typescript', app, sendCrashReports: 'false' };
  writeFileSync(path.join(folder, 'cdktf.json'), JSON.stringify(settings));
  writeTopology(folder, tenants);
  run(['git', 'init', '--quiet'], folder);
  run(['git', 'add', TOPOLOGY], folder);
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  run(['git', ...author, 'commit', '--quiet', '--message', 'Tenants'], folder);
  run(own('synth', '--hcl'), folder);
  for (const { folder: stack } of stacksIn(folder)) {
    for (const out of ['hcl.out', 'cdktf.out']) {
      cpSync(path.join(shared, LOCK_FILE), path.join(folder, out, stack, LOCK_FILE));
    }
  }
}

function writeTopology(folder: string, tenants: number): void {
  const topology = tenantsTopology(tenants, { deletionProtection: false });
  writeFileSync(path.join(folder, TOPOLOGY), topology);
}

function stacksIn(folder: string): { order: number; folder: string }[] {
  return JSON.parse(readFileSync(path.join(folder, 'hcl.out', 'stacks.json'), 'utf8'));
}

/** Terraform in the folders, those of the same order at once. */
function loop({ folder, parallelism }: Place): string[] {
  const stacks = stacksIn(folder);
  const orders = [...new Set(stacks.map(({ order }) => order))];
  const init = `${TERRAFORM} init -input=false`;
  const apply = `${TERRAFORM} apply -input=false -auto-approve`;
  const lines = orders.map((order) => {
    const folders = stacks.filter((stack) => stack.order === order).map((stack) => stack.folder);
    const each = `cd hcl.out/{} && ${init} && ${apply}`;
    return `printf '%s\n' ${folders.join(' ')} | xargs -P ${parallelism} -I{} sh -c '${each}'`;
  });
  return ['sh', '-ec', lines.join('\n')];
}

function deploy({ parallelism }: Place): string[] {
  return own('deploy', '--auto-approve', '--parallelism', parallelism);
}

function addTenant({ folder, tenants, parallelism }: Place): string[] {
  writeTopology(folder, tenants + 1);
  return [...deploy({ folder, tenants, parallelism }), '--changed-since', 'HEAD'];
}

/** Its check of lock files wants the registry, which not every machine reaches. */
function cdktf({ parallelism }: Place): string[] {
  const flags = ['--auto-approve', '--skip-provider-lock', '--parallelism', parallelism];
  return [process.execPath, findCli() ?? '', 'deploy', '*', ...flags];
}

/** What `npm run` starts. */
function own(command: string, ...args: string[]): string[] {
  return [process.execPath, ...COMMANDS, command, ...args];
}

function run([program = '', ...args]: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: 'pipe' });
}

/** Ratios to the reference are in brackets. */
function lineOf(name: string, tenants: number, taken: Taken, reference?: Taken): string {
  if (!taken.succeeded) return `${name} failed: ${taken.output.slice(-2_000)}`;
  const value = (key: 'wall' | 'cpu' | 'memory', unit: string) => {
    const ratio = reference ? ` (${(taken[key] / reference[key]).toFixed(2)})` : '';
    const digits = key === 'memory' ? 0 : 1;
    return `${taken[key].toFixed(digits).padStart(6)} ${unit}${ratio.padEnd(7)}`;
  };
  const stacks = taken.output.match(/^done +\S/gm)?.length;
  return [
    `${String(tenants).padStart(4)} tenants  ${name.padEnd(12)}`,
    value('wall', 's'),
    value('cpu', 's of CPU'),
    value('memory', 'MB'),
    ...(stacks === undefined ? [] : [`${stacks} stacks deployed`]),
  ].join('  ');
}
