import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { loadTopology } from '../load/load';
import { streamPolicies } from '../policies/execution-role';
import { policySize } from '../policies/statement';
import { streamPolicySize } from '../policies/stream-policy';
import { describe, measure, median } from './measure';
import { IN_PROCESS } from './synth';

const COUNTS = [1, 100, 1_000];
const ROUNDS = 3;

/** Synthesis and policies of one consumer that reads the same table in ever more accounts. */
export function benchTenants(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const files = COUNTS.map((count) => writeTopology(folder, count));
  const memory = COUNTS.map((count) => path.join(folder, `${count}.memory`));
  const times = measure(
    COUNTS.map((count, index) => ({
      name: `${count} tenants`,
      cwd: process.cwd(),
      command: [...IN_PROCESS, '--output', path.join(folder, `${count}.out`)],
      env: {
        TOPOLOGY: files[index] ?? '',
        NODE_OPTIONS: `--require ${path.resolve('bench/peak-memory.cjs')}`,
        PEAK_MEMORY_FILE: memory[index] ?? '',
      },
    })),
    ROUNDS,
  );

  console.log(`Synthesis of many tenants, median of ${ROUNDS} runs (least to most)`);
  const [reference = Number.NaN] = times.map(median);
  for (const [index, count] of COUNTS.entries()) {
    const peaks = readFileSync(memory[index] ?? '', 'utf8')
      .trim()
      .split('\n');
    const peak = Math.max(...peaks.map(Number)) / 1024;
    const ratio = median(times[index] ?? []) / reference;
    console.log(
      `  ${String(count).padStart(5)} tenants  ${describe(times[index] ?? [])}  ${ratio.toFixed(2)} times 1 tenant, ${peak.toFixed(0)} MB at most in one process`,
    );
  }
  console.log('Policies');
  for (const [index, count] of COUNTS.entries()) {
    const { consumers, producers } = loadTopology(files[index] ?? '');
    const policies = consumers.flatMap(({ sources, role }) => streamPolicies(sources, role));
    const streamPolicy = Math.max(...producers.map(streamPolicySize));
    console.log(
      `  ${String(count).padStart(5)} tenants  role: ${policies.length} policies of ${policies.map(policySize).join(', ')} characters; stream policy: ${streamPolicy} bytes`,
    );
  }
  rmSync(folder, { recursive: true });
}

function writeTopology(folder: string, count: number): string {
  const account = (id: number) => ({
    id: String(id),
    region: 'us-east-1',
    deployRole: { arn: `arn:aws:iam::${id}:role/TerraformDeploy` },
  });
  const tenants = Array.from({ length: count }, (_, index) => `tenant-${index + 1}`);
  const file = path.join(folder, `${count}.yaml`);
  writeFileSync(
    file,
    stringify({
      name: 'bench',
      state: { bucket: 'example-terraform-state', region: 'us-east-1' },
      accounts: {
        billing: account(111122223333),
        ...Object.fromEntries(tenants.map((name, index) => [name, account(200000000000 + index)])),
      },
      consumers: {
        metering: {
          account: 'billing',
          role: { name: 'DocumentMetering' },
          function: { name: 'MeterDocuments' },
        },
      },
      producers: {
        documents: {
          accounts: tenants,
          table: { name: 'Documents', partitionKey: { name: 'DocumentId', type: 'S' } },
        },
      },
      subscriptions: [{ producer: 'documents', consumer: 'metering' }],
    }),
  );
  return file;
}
