import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, measure, median } from './measure';

const ROUNDS = 9;

/** An app that makes no stack and does not even load cdktf: what is left is the CLI. */
const EMPTY_APP = `
const fs = require('node:fs');
fs.mkdirSync('cdktf.out/stacks', { recursive: true });
fs.writeFileSync('cdktf.out/manifest.json', JSON.stringify({ version: '0.21.0', stacks: {} }));
`;

/** `cdktf synth` of the walk-through against `cdktf synth` of an app that does nothing. */
export function benchSynth(): void {
  const empty = mkdtempSync(path.join(tmpdir(), 'bench-'));
  writeFileSync(path.join(empty, 'app.js'), EMPTY_APP);
  writeFileSync(
    path.join(empty, 'cdktf.json'),
    JSON.stringify({ language: 'typescript', app: 'node app.js', sendCrashReports: 'false' }),
  );

  const command = [path.resolve('node_modules/.bin/cdktf'), 'synth'];
  const [reference = [], synth = []] = measure(
    [
      { name: 'an app that does nothing', cwd: empty, command },
      {
        name: 'topologies/orders.yaml',
        cwd: process.cwd(),
        command,
        env: { TOPOLOGY: 'topologies/orders.yaml' },
      },
    ],
    ROUNDS,
  );
  rmSync(empty, { recursive: true });

  console.log(`cdktf synth, median of ${ROUNDS} runs (least to most)`);
  console.log(`  reference: an app that does nothing  ${describe(reference)}`);
  console.log(`  topologies/orders.yaml               ${describe(synth)}`);
  console.log(
    `  ratio                                ${(median(synth) / median(reference)).toFixed(3)}`,
  );
}
