/** `npm run bench`: times and sizes, as ratios against references. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { findCli, missingCli } from '../commands/cdktf';
import { loadTopology } from '../load/load';
import { streamPolicies } from '../policies/execution-role';
import { policySize } from '../policies/statement';
import { streamPolicySize } from '../policies/stream-policy';
import { benchBundles, benchHandler } from './lambda';
import { inTurn } from './measure';

/** What `npm run synth` runs. */
const IN_PROCESS = ['commands/start.mjs', 'commands/index.ts', 'synth', '--output'];

interface Command {
  readonly name: string;
  /** Of Node.js. */
  readonly parameters: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `npm run synth` of the walk-through against `cdktf synth` of it, and of apps that do nothing. */
async function benchSynth(folder: string): Promise<void> {
  const cli = findCli();
  if (!cli) {
    console.log(`Synthesis is not compared: ${missingCli()}`);
    return;
  }
  const output = path.join(folder, 'walk-through.out');
  const env = { TOPOLOGY: 'topologies/orders.yaml' };
  const appOf = (name: string, script: string) => {
    const cwd = mkdtempSync(path.join(folder, 'app-'));
    const settings = { language: 'typescript', app: 'node app.js', sendCrashReports: 'false' };
    writeFileSync(path.join(cwd, 'app.js'), script);
    writeFileSync(path.join(cwd, 'cdktf.json'), JSON.stringify(settings));
    return { name, cwd, parameters: [cli, 'synth'] };
  };
  const cdktf = JSON.stringify(require.resolve('cdktf'));
  const commands = [
    { name: 'in process', env, parameters: [...IN_PROCESS, output] },
    { name: 'cdktf synth', env, parameters: [cli, 'synth', '--output', output] },
    appOf('an app that does nothing', `const { App } = require(${cdktf});\nnew App().synth();\n`),
    appOf(
      'no app, the CLI alone',
      `const fs = require('node:fs');
fs.mkdirSync('cdktf.out/stacks', { recursive: true });
fs.writeFileSync('cdktf.out/manifest.json', JSON.stringify({ version: '0.21.0', stacks: {} }));
`,
    ),
  ];
  const rounds = 9;
  const measured = await inTurn<Command>(commands, rounds, 1, secondsOf);

  console.log(`Synthesis of the walk-through, median of ${rounds} runs (least to most)`);
  for (const { name, results, median } of measured) {
    const ratio = ((measured[0]?.median ?? Number.NaN) / median).toFixed(3);
    console.log(
      `  ${name.padEnd(26)}${times(results, median)}  in process takes ${ratio} times this`,
    );
  }
}

/** Synthesis and policies of one consumer that reads the same table in ever more accounts. */
async function benchTenants(folder: string): Promise<void> {
  const recorder = path.join(folder, 'peak-memory.cjs');
  // Every process that Node.js starts appends its peak memory in KB.
  writeFileSync(
    recorder,
    `process.on('exit', () => {
  const kilobytes = process.resourceUsage().maxRSS;
  require('node:fs').appendFileSync(process.env.PEAK_MEMORY_FILE, \`\${kilobytes}\\n\`);
});
`,
  );
  const tenants = [1, 100, 1_000].map((count) => {
    const place = path.join(folder, String(count));
    const [file, memory] = [`${place}.yaml`, `${place}.memory`];
    writeFileSync(file, stringify(topologyOf(count)));
    return {
      name: `${String(count).padStart(5)} tenants`,
      file,
      memory,
      parameters: [...IN_PROCESS, `${place}.out`],
      env: { TOPOLOGY: file, NODE_OPTIONS: `--require ${recorder}`, PEAK_MEMORY_FILE: memory },
    };
  });
  const rounds = 3;
  const measured = await inTurn(tenants, rounds, 1, secondsOf);

  console.log(`Synthesis of many tenants, median of ${rounds} runs (least to most)`);
  for (const { name, memory, results, median } of measured) {
    const peaks = readFileSync(memory, 'utf8').trim().split('\n').map(Number);
    const ratio = (median / (measured[0]?.median ?? Number.NaN)).toFixed(2);
    const peak = (Math.max(...peaks) / 1024).toFixed(0);
    console.log(
      `  ${name}  ${times(results, median)}  ${ratio} times 1 tenant, ${peak} MB at most in one process`,
    );
  }
  console.log('Policies');
  for (const { name, file } of tenants) {
    const { consumers, producers } = loadTopology(file);
    const policies = consumers.flatMap(({ sources, role }) => streamPolicies(sources, role));
    const streamPolicy = Math.max(...producers.map((producer) => streamPolicySize(producer)));
    console.log(
      `  ${name}  role: ${policies.length} policies of ${policies.map(policySize).join(', ')} characters; stream policy: ${streamPolicy} bytes`,
    );
  }
}

/** The shipped topology of tenants, with this many, more policies for them, and without keys of their own. */
function topologyOf(count: number) {
  const { accounts, producers, ...others } = parse(
    readFileSync('topologies/saas-tenants.yaml', 'utf8'),
  );
  const { billing, acme } = accounts;
  const tenants = Array.from({ length: count }, (_, index) => {
    const account = JSON.stringify(acme).replaceAll(acme.id, String(200000000000 + index));
    return [`tenant-${index + 1}`, JSON.parse(account)] as const;
  });
  const { encryption, ...table } = producers.documents.table;
  others.consumers.metering.role.managedPolicyQuota = 20;
  return {
    ...others,
    accounts: { billing, ...Object.fromEntries(tenants) },
    producers: { documents: { accounts: tenants.map(([name]) => name), table } },
  };
}

function secondsOf({ parameters, cwd, env }: Command): number {
  const start = performance.now();
  execFileSync(process.execPath, parameters, {
    cwd,
    env: { ...process.env, CI: 'true', CHECKPOINT_DISABLE: '1', ...env },
    stdio: 'pipe',
  });
  return (performance.now() - start) / 1000;
}

/** `3.41 s (3.37 to 3.52)` */
function times(results: readonly number[], median: number): string {
  const [least, most] = [results.at(0), results.at(-1)].map((seconds) => seconds?.toFixed(2));
  return `${median.toFixed(2)} s (${least} to ${most})`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    await benchSynth(folder);
    await benchTenants(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await benchBundles();
  await benchHandler();
}

main();
