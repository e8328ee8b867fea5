/**
 * `node commands/start.mjs maintenance/check-cdktn.ts`: whether the project could move to CDK Terrain today.
 * Synthesizes every topology with cdktf and, in a renamed copy, with cdktn, and compares. Exit code 1 if they differ.
 */
import { type ExecFileOptions, execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { app, context } from '../cdktf.json';
import packageJson from '../package.json';
import { readStacks } from '../review/read/stacks';
import { UserError } from '../topology/problem';
import { type Peers, renameDependencies, renameImports } from './rename-to-cdktn';
import { type Stacks, stackDifferences } from './stack-differences';

const TOPOLOGIES = readdirSync('topologies')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => `topologies/${file}`);

/**
 * @returns what a program writes
 * @throws UserError where it fails, with what to say before its own words
 */
async function run(
  failure: string,
  program: string,
  parameters: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> {
  try {
    return String((await promisify(execFile)(program, parameters, options)).stdout);
  } catch (error) {
    const { stderr } = error as { stderr: string };
    throw new UserError(
      `${failure}\n${stderr.replace(/^npm error +at [\s\S]*/m, '').trim()}`.trim(),
    );
  }
}

function npm(cwd: string, ...parameters: string[]): Promise<string> {
  const failure = `npm ${parameters.join(' ')} failed; CDK Terrain comes from the npm registry (npm ping says whether it can be reached)`;
  return run(failure, 'npm', [...parameters, '--loglevel=error'], { cwd });
}

/** The project, committed or not, without what git ignores; with other imports and dependencies. */
async function renamedCopy(folder: string, peers: Peers): Promise<void> {
  const files = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const listed = await run(
    'git says which files are copied, and git ls-files failed',
    'git',
    files,
  );
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    const copy = path.join(folder, file);
    cpSync(file, copy);
    if (/\.[cm]?[jt]s$/.test(file)) writeFileSync(copy, renameImports(readFileSync(copy, 'utf8')));
  }
  const renamed = renameDependencies(packageJson, peers);
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(renamed, null, 2));
}

/** Runs the app of a project as the CLI does; the CLI itself takes no part. */
async function synthesize(cwd: string, topology: string, output: string): Promise<Stacks> {
  const env = {
    ...process.env,
    TOPOLOGY: topology,
    CDKTF_OUTDIR: output,
    CDKTF_CONTEXT_JSON: JSON.stringify(context),
  };
  await run(`${topology} cannot be synthesized in ${cwd}`, 'sh', ['-c', app], { cwd, env });
  return Object.fromEntries(readStacks(output).map(({ id, json }) => [id, json]));
}

/** Prints what differs. @returns whether anything does */
async function compare(topology: string, folder: string, copy: string): Promise<boolean> {
  const name = path.basename(topology);
  const [before, after] = await Promise.all([
    synthesize('.', topology, path.join(folder, `${name}.cdktf`)),
    synthesize(copy, topology, path.join(folder, `${name}.cdktn`)),
  ]);
  const differences = stackDifferences(before, after);
  const verdict = differences.length === 0 ? 'identical' : `differences: ${differences.length}`;
  console.log(`${topology}: ${Object.keys(before).length} stacks, ${verdict}`);
  for (const difference of differences) console.log(`  ${difference}`);
  return differences.length > 0;
}

function versions(folder: string): string {
  const packages = ['cdktn', 'constructs', '@cdktn/provider-aws', '@cdktn/provider-archive'];
  const versionOf = (name: string) =>
    JSON.parse(readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8'))
      .version;
  return packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
}

async function main(): Promise<void> {
  // The providers name a cdktn and a constructs; npm fetches no package yet.
  const peers = await npm('.', 'view', '@cdktn/provider-aws@latest', 'peerDependencies', '--json');
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'check-cdktn-'));
  // Also when it is interrupted: 'exit' comes after all else.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));

  const copy = path.join(folder, 'project');
  await renamedCopy(copy, JSON.parse(peers));
  console.log(
    'installing CDK Terrain in a temporary copy (half a gigabyte, for the time of the check)',
  );
  // Other packages stay at the versions that the copy's package-lock.json names.
  await npm(copy, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund');
  console.log(versions(copy));
  for (const topology of TOPOLOGIES) {
    if (await compare(topology, folder, copy)) process.exitCode = 1;
  }
}

main().catch((error) => {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
