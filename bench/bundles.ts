import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SINK_VARIABLES } from '../lambda-src/contract';
import { bundle } from '../packaging/bundle';
import { PACKAGE } from '../packaging/package-files';
import { median } from './measure';

const RUNTIME = 'nodejs22.x';
const ROUNDS = 15;

const BUNDLES = [
  { name: 'sink log', entry: 'lambda-src/index.ts', limit: 40 },
  { name: 'sink s3', entry: 'lambda-src/s3.ts', limit: 400 },
  { name: 'Powertools', entry: 'bench/powertools-handler.ts', limit: undefined },
];

/** Size, content and import time of the default functions, and of the same with Powertools. */
export function benchBundles(): void {
  const folders = BUNDLES.map(({ entry }) => bundle(entry, RUNTIME).directory);
  const times = importTimes(folders.map((folder) => path.resolve(folder, PACKAGE.handler)));
  const powertools = times.at(-1) ?? Number.NaN;

  console.log(`Bundles, import time as the median of ${ROUNDS} processes`);
  for (const [index, { name, limit }] of BUNDLES.entries()) {
    const folder = folders[index] ?? '';
    const size = (statSync(path.join(folder, PACKAGE.bundle)).size / 1024).toFixed(1);
    const milliseconds = times[index] ?? Number.NaN;
    const ratio = (milliseconds / powertools).toFixed(2);
    console.log(
      `  ${name.padEnd(12)}${size.padStart(6)} KB${limit ? ` of at most ${limit}` : ''}, imported in ${milliseconds.toFixed(1)} ms, ${ratio} times Powertools`,
    );
    console.log(`    packages: ${packagesIn(folder).join(', ') || 'none'}`);
  }
}

/** Median milliseconds of each, measured inside a process of its own, as Lambda starts it. */
function importTimes(scripts: readonly string[]): number[] {
  const times = scripts.map(() => [] as number[]);
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const milliseconds = importTime(script);
      if (round >= 0) times[index]?.push(milliseconds); // the first round warms the disk cache
    }
  }
  return times.map((milliseconds) => median(milliseconds.sort((a, b) => a - b)));
}

function importTime(script: string): number {
  const program = `
    const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(script).href)});
    console.log(performance.now() - start);
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program],
    {
      env: { ...process.env, [SINK_VARIABLES.bucket]: 'changes' },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${script} failed\n${stderr}`);
  return Number(stdout);
}

/** By the source map, which names every file that is in the bundle. */
function packagesIn(folder: string): string[] {
  const map: { sources: string[] } = JSON.parse(
    readFileSync(path.join(folder, PACKAGE.sourceMap), 'utf8'),
  );
  const names = map.sources.map(
    (source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1],
  );
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}
