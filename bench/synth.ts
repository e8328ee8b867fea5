import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCli, missingCli } from '../commands/cdktf-cli';
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
const { App } = require(${JSON.stringify(require.resolve('cdktf'))});
new App().synth();
`;

/** `npm run synth` of the walk-through against `cdktf synth` of it, and of apps that do nothing. */
export function benchSynth(): void {
  const cli = findCli();
  if (!cli) {
    console.log(`Synthesis is not compared: ${missingCli()}`);
    return;
  }
  const command = [process.execPath, cli, 'synth'];
  const references = [
    { name: 'an app that does nothing', script: EMPTY_APP },
    { name: 'no app, the CLI alone', script: NO_APP },
  ].map(({ name, script }) => ({ name, cwd: writeApp(script), command }));
  const output = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const walkThrough = { cwd: process.cwd(), env: { TOPOLOGY: 'topologies/orders.yaml' } };
  const commands = [
    { ...walkThrough, name: 'in process', command: [...IN_PROCESS, '--output', output] },
    { ...walkThrough, name: 'cdktf synth', command: [...command, '--output', output] },
    ...references,
  ];
  const times = measure(commands, ROUNDS);
  for (const folder of [output, ...references.map(({ cwd }) => cwd)]) {
    rmSync(folder, { recursive: true });
  }

  console.log(`Synthesis of the walk-through, median of ${ROUNDS} runs (least to most)`);
  const [synth = Number.NaN] = times.map(median);
  for (const [index, { name }] of commands.entries()) {
    const ratio = (synth / median(times[index] ?? [])).toFixed(3);
    const comparison = index === 0 ? '' : `  in process takes ${ratio} times this`;
    console.log(`  ${name.padEnd(26)}${describe(times[index] ?? [])}${comparison}`);
  }
}

/** What `npm run synth` runs. */
export const IN_PROCESS = [process.execPath, 'commands/start.mjs', 'commands/index.ts', 'synth'];

function writeApp(script: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  writeFileSync(path.join(folder, 'app.js'), script);
  writeFileSync(
    path.join(folder, 'cdktf.json'),
    JSON.stringify({ language: 'typescript', app: 'node app.js', sendCrashReports: 'false' }),
  );
  return folder;
}
