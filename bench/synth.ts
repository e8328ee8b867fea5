import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, measure, median } from './measure';

const ROUNDS = 9;

/** No cdktf at all: what is left is the CLI. */
const NO_APP = `
const fs = require('node:fs');
fs.mkdirSync('cdktf.out/stacks', { recursive: true });
fs.writeFileSync('cdktf.out/manifest.json', JSON.stringify({ version: '0.21.0', stacks: {} }));
`;

/** A CDKTF app that makes no stack. */
const EMPTY_APP = `
const { App } = require(${JSON.stringify(path.resolve('node_modules/cdktf'))});
new App().synth();
`;

/** `cdktf synth` of the walk-through against `cdktf synth` of apps that do nothing. */
export function benchSynth(): void {
  const references = [
    { name: 'an app that does nothing', script: EMPTY_APP },
    { name: 'no app, the CLI alone', script: NO_APP },
  ].map(({ name, script }) => ({ name, cwd: writeApp(script), command: COMMAND }));
  const walkThrough = {
    name: 'topologies/orders.yaml',
    cwd: process.cwd(),
    command: COMMAND,
    env: { TOPOLOGY: 'topologies/orders.yaml' },
  };
  const commands = [walkThrough, ...references];
  const times = measure(commands, ROUNDS);
  for (const { cwd } of references) rmSync(cwd, { recursive: true });

  console.log(`cdktf synth, median of ${ROUNDS} runs (least to most)`);
  const [synth = Number.NaN] = times.map(median);
  for (const [index, { name }] of commands.entries()) {
    const ratio = (synth / median(times[index] ?? [])).toFixed(3);
    const comparison = index === 0 ? '' : `  the walk-through takes ${ratio} times this`;
    console.log(`  ${name.padEnd(26)}${describe(times[index] ?? [])}${comparison}`);
  }
}

const COMMAND = [path.resolve('node_modules/.bin/cdktf'), 'synth'];

function writeApp(script: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  writeFileSync(path.join(folder, 'app.js'), script);
  writeFileSync(
    path.join(folder, 'cdktf.json'),
    JSON.stringify({ language: 'typescript', app: 'node app.js', sendCrashReports: 'false' }),
  );
  return folder;
}
