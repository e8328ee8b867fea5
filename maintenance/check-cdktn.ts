/**
 * `npm run check:cdktn`: whether the project could move to CDK Terrain today. Synthesizes every
 * topology with cdktf and, in a renamed copy, with cdktn, and compares. Exit code 1 if they differ.
 */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
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
import { type Peers, renameDependencies, renameImports } from './rename-to-cdktn';
import { type Stacks, stackDifferences } from './stack-differences';

const run = promisify(execFile);
const TOPOLOGIES = readdirSync('topologies')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => `topologies/${file}`);

/** What stops the check, as opposed to what it finds. */
class CheckError extends Error {}

/** The providers go with a cdktn and a constructs; npm fetches no package yet. */
async function peersOfProvider(): Promise<Peers> {
  const stdout = await npm('.', 'view', '@cdktn/provider-aws@latest', 'peerDependencies', '--json');
  return JSON.parse(stdout);
}

/** The files of the project, committed or not, without what git ignores. */
async function sources(): Promise<string[]> {
  const files = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  try {
    const { stdout } = await run('git', files);
    return stdout.split('\0').filter((file) => file !== '' && existsSync(file));
  } catch {
    throw new CheckError('git ls-files failed; check:cdktn copies what git says is the project');
  }
}

/** The project with other imports and dependencies. */
async function renamedCopy(folder: string, peers: Peers): Promise<void> {
  for (const file of await sources()) {
    const copy = path.join(folder, file);
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(file, copy);
    if (/\.[cm]?[jt]s$/.test(file)) writeFileSync(copy, renameImports(readFileSync(copy, 'utf8')));
  }
  const renamed = renameDependencies(packageJson, peers);
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(renamed, null, 2));
}

/** Other packages stay at the versions that the copy's package-lock.json names. */
async function install(folder: string): Promise<void> {
  await npm(folder, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund');
}

async function npm(cwd: string, ...parameters: string[]): Promise<string> {
  try {
    return (await run('npm', [...parameters, '--loglevel=error'], { cwd })).stdout;
  } catch (error) {
    const { stderr } = error as { stderr: string };
    throw new CheckError(
      `npm ${parameters.join(' ')} failed; CDK Terrain comes from the npm registry (npm ping says ` +
        `whether it can be reached)\n${stderr.replace(/^npm error +at [\s\S]*/m, '').trim()}`,
    );
  }
}

/** Runs the app of a project as the CLI does; the CLI itself takes no part. */
async function synthesize(project: string, topology: string, output: string): Promise<Stacks> {
  const env = {
    ...process.env,
    TOPOLOGY: topology,
    CDKTF_OUTDIR: output,
    CDKTF_CONTEXT_JSON: JSON.stringify(context),
  };
  try {
    await run('sh', ['-c', app], { cwd: project, env });
  } catch (error) {
    const { stderr } = error as { stderr: string };
    throw new CheckError(`${topology} cannot be synthesized in ${project}\n${stderr.trim()}`);
  }
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
  const stacks = `${Object.keys(before).length} stacks`;
  const verdict = differences.length === 0 ? 'identical' : `differences: ${differences.length}`;
  console.log(`${topology}: ${stacks}, ${verdict}`);
  for (const difference of differences) console.log(`  ${difference}`);
  return differences.length > 0;
}

function versions(folder: string): string {
  const modules = path.join(folder, 'node_modules');
  const packages = ['cdktn', 'constructs', '@cdktn/provider-aws', '@cdktn/provider-archive'];
  return packages
    .map((name) => [
      name,
      JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8')),
    ])
    .map(([name, { version }]) => `${name} ${version}`)
    .join(', ');
}

async function main(): Promise<void> {
  const peers = await peersOfProvider();
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'check-cdktn-'));
  // Also when the user gives up: 'exit' comes after all else.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));

  const copy = path.join(folder, 'project');
  await renamedCopy(copy, peers);
  console.log(
    'installing CDK Terrain in a temporary copy (half a gigabyte, for the time of the check)',
  );
  await install(copy);
  console.log(versions(copy));
  for (const topology of TOPOLOGIES) {
    if (await compare(topology, folder, copy)) process.exitCode = 1;
  }
}

main().catch((error) => {
  if (!(error instanceof CheckError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
