/** `npm run bench`: times and sizes, as ratios against references. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../commands/run';
import { loadTopology } from '../load/load';
import { policyBytes, policySize } from '../policies/statement';
import { streamPolicy } from '../policies/stream-policy';
import { streamPolicies } from '../policies/stream-reads';
import { findCli, missingCli } from './cdktf-cli';
import { benchDeploy } from './deploy';
import { benchIo } from './io';
import { benchBundles, benchHandler } from './lambda';
import { compare, timeOf } from './measure';
import { tenantsTopology } from './tenants';

/** What `npm run synth` runs. */
const IN_PROCESS = ['commands/start.mjs', 'commands/index.ts', 'synth', '--output'];

function timed(parameters: readonly string[], env: object, cwd = '.'): Promise<number> {
  const all = { ...process.env, CI: 'true', CHECKPOINT_DISABLE: '1', ...env };
  return timeOf(() => execFileSync(process.execPath, parameters, { cwd, env: all, stdio: 'pipe' }));
}

/** `npm run synth` of the walk-through against `cdktf synth` of it, and of an app that does nothing. */
async function benchSynth(folder: string): Promise<void> {
  const cli = findCli();
  if (!cli) return console.log(`Synthesis is not compared: ${missingCli()}`);
  const output = path.join(folder, 'walk-through.out');
  const env = { TOPOLOGY: 'topologies/orders.yaml' };
  const cdktf = JSON.stringify(require.resolve('cdktf'));
  const settings = { language: 'typescript', app: 'node app.js', sendCrashReports: 'false' };
  writeFileSync(path.join(folder, 'app.js'), `new (require(${cdktf}).App)().synth();`);
  writeFileSync(path.join(folder, 'cdktf.json'), JSON.stringify(settings));
  const contestants = [
    { name: 'npm run synth', run: () => timed([...IN_PROCESS, output], env) },
    { name: 'cdktf synth', run: () => timed([cli, 'synth', '--output', output], env) },
    { name: 'an app that does nothing', run: () => timed([cli, 'synth'], {}, folder) },
  ];
  await compare('Synthesis of the walk-through', contestants, 9);
}

/** `npm run local`, until its first line and until its end, against `npm run synth`. */
async function benchLocal(folder: string): Promise<void> {
  const env = { ...process.env, TOPOLOGY: path.resolve('topologies/orders.yaml') };
  const scene = [path.resolve('commands/start.mjs'), 'commands/index.ts', 'local'];
  const until = (event: 'data' | 'end') => async () => {
    const start = performance.now();
    const { stdout } = spawn(process.execPath, scene, { cwd: folder, env });
    const [happened, ended] = [once(stdout, event), once(stdout, 'end')];
    stdout.resume();
    await happened;
    const time = performance.now() - start;
    await ended;
    return time;
  };
  const contestants = [
    { name: 'npm run local, first line', run: until('data') },
    { name: 'npm run local, whole scene', run: until('end') },
    {
      name: 'npm run synth',
      run: () => timed([...IN_PROCESS, path.join(folder, 'local.out')], env),
    },
  ];
  await compare('The scene of the walk-through', contestants, 9);
}

/** Synthesis and policies of one consumer that reads the same table in ever more accounts. */
async function benchTenants(folder: string): Promise<void> {
  const tenants = [1_000, 100, 1].map((count) => {
    const file = path.join(folder, `${count}.yaml`);
    writeFileSync(file, tenantsTopology(count, { encryption: undefined }));
    const synth = () => timed([...IN_PROCESS, `${file}.out`], { TOPOLOGY: file });
    return { name: `${count} tenants`, file, run: synth };
  });
  await compare('Synthesis of many tenants', tenants, 3);
  for (const { name, file } of tenants) {
    const { consumers, producers } = loadTopology(file);
    const policies = consumers.flatMap(({ sources, role }) => streamPolicies(sources, role));
    const bytes = producers.map((producer) => policyBytes(streamPolicy(producer)));
    console.log(
      `  ${name}: the role has policies of ${policies.map(policySize).join(', ')} characters, the stream one of ${Math.max(...bytes)} bytes`,
    );
  }
}

run(async ({ name, args }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  if (name === 'deploy') {
    await benchDeploy(args, folder);
    return 0;
  }
  await benchSynth(folder);
  await benchLocal(folder);
  await benchTenants(folder);
  await benchBundles();
  await benchHandler();
  await benchIo();
  return 0;
});
