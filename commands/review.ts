/** `npm run review`: what a reviewer reads, from the synthesized stacks, in `review.out/`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compareWithTopology } from '../review/comparison/compare';
import { readStacks } from '../review/read/stacks';
import { writeHtml } from '../review/report/html';
import { writeMarkdown } from '../review/report/markdown';
import { layOut } from '../review/report/svg';
import { failures, review } from '../review/review';
import { synthesize } from '../stacks/synthesize';
import { UserError } from '../topology/problem';
import { withoutUnseen } from '../topology/unicode';
import { defineCommand, type Values } from './command';
import type { World } from './run';
import { readTopology } from './topology';

const OPTIONS = {
  from: {
    type: 'string',
    value: '<folder>',
    does: 'what is synthesized there, not a new synthesis',
  },
  'after-init': { type: 'boolean', does: 'compare all but what Terraform writes' },
  output: { type: 'string', value: '<folder>', does: 'another folder than review.out' },
} as const;

const NOTES = `
Exit code: 0 if all is as the topology means it, 1 if not. Documentation: docs/review.md
`;

/** Where the stacks are synthesized, as by `npm run synth`. */
const OUTPUT = 'cdktf.out';

export const command = defineCommand('review', OPTIONS, report, NOTES);

async function report(
  { from, 'after-init': afterInit, output = 'review.out' }: Values<typeof OPTIONS>,
  world: World,
): Promise<number> {
  const topology = readTopology(world);
  if (from === undefined) await synthesize(topology, OUTPUT);
  const started = performance.now();
  const stacks = readStacks(from ?? OUTPUT);
  const comparison =
    from === undefined ? undefined : compareWithTopology(topology, from, afterInit);
  const result = await review(stacks, topology, world.now, comparison);
  const markdown = writeMarkdown(result);
  const svg = await layOut(result.diagram);
  write(output, {
    'review.md': markdown,
    'topology.svg': svg,
    'review.html': writeHtml(result.name, markdown, svg),
  });

  for (const line of result.notes) console.log(`note: ${withoutUnseen(line)}`);
  const wrong = failures(result);
  for (const line of wrong) console.error(withoutUnseen(line));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${result.access.cells.length} questions of access evaluated, ${wrong.length} differences; ${output}/review.md, review.html and topology.svg written in ${seconds} s`,
  );
  return wrong.length > 0 ? 1 : 0;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
  } catch (error) {
    throw new UserError(`the report cannot be written to ${folder}: ${(error as Error).message}`);
  }
}
