/** `npm run review`: what a reviewer reads, from the synthesized stacks, in `review.out/`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadTopology } from '../load/load';
import { entryProblems } from '../packaging/entry-problems';
import { driftFrom } from '../review/drift';
import { readStacks } from '../review/read/stacks';
import { writeHtml } from '../review/report/html';
import { writeMarkdown } from '../review/report/markdown';
import { layOut } from '../review/report/svg';
import { failures, review } from '../review/review';
import { synthesize } from '../stacks/synthesize';
import { UserError } from '../topology/problem';
import { withoutUnseen } from '../topology/unicode';
import { parseOptions, run, TOPOLOGY } from './run';

const USAGE = `Reports what the synthesized stacks allow, use up, and destroy, and whether that is what the topology means.

  npm run review -- [--from <folder>] [--output <folder>]

  --from <folder>    what is synthesized there already, such as cdktf.out; default: synthesize now
  --output <folder>  default: review.out
  --help             this text

Exit code: 0 if all is as the topology means it, 1 if not. Documentation: docs/review.md
`;

/** Where the stacks are synthesized, as by `npm run synth`. */
const OUTPUT = 'cdktf.out';

async function main(): Promise<number> {
  const { from, output, help } = parseOptions('review', {
    from: { type: 'string' },
    output: { type: 'string', default: 'review.out' },
    help: { type: 'boolean', default: false },
  });
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const topology = loadTopology(TOPOLOGY, entryProblems, console.warn);
  if (from === undefined) await synthesize(topology, OUTPUT);
  const started = performance.now();
  const stacks = readStacks(from ?? OUTPUT);
  const result = await review(
    stacks,
    topology,
    new Date(),
    from === undefined ? undefined : driftFrom(topology, from, stacks),
  );
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

run(main);
