/** `npm run review`: what a reviewer reads, from the synthesized stacks, in `review.out/`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { driftFrom } from '../review/drift';
import { writeHtml } from '../review/html';
import { writeMarkdown } from '../review/markdown';
import { loadPrices } from '../review/prices';
import { ReviewError } from '../review/problem';
import { failures, review } from '../review/review';
import { readStacks } from '../review/stacks';
import { layOut } from '../review/svg';
import { loadTopology } from '../topology/load';
import { UserError } from '../topology/problem';

const USAGE = `Reports what the synthesized stacks allow, use up, destroy and cost, and whether that is what the topology means.

  npm run review -- [--from <folder>] [--output <folder>]

  --from <folder>    what is synthesized there already, such as cdktf.out; default: synthesize now
  --output <folder>  default: review.out
  --help             this text

Exit code: 0 if all is as the topology means it, 1 if not. Documentation: docs/review.md
`;

async function main(): Promise<number> {
  const { from, output, help } = parse(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const topology = loadTopology(process.env.TOPOLOGY ?? 'topologies/orders.yaml');
  if (from === undefined) {
    const { status, error } = spawnSync('cdktf', ['synth'], { stdio: 'inherit' });
    if (error) throw new ReviewError(`cdktf cannot be run: ${error.message}`);
    if (status !== 0) return status ?? 1;
  }
  const started = performance.now();
  const stacks = readStacks(from ?? 'cdktf.out');
  const result = await review(
    stacks,
    topology,
    loadPrices('review/prices.yaml'),
    from === undefined ? undefined : driftFrom(topology, from, stacks),
  );
  const markdown = writeMarkdown(result);
  const svg = await layOut(result.diagram);
  write(output, {
    'review.md': markdown,
    'topology.svg': svg,
    'review.html': writeHtml(result.name, markdown, svg),
  });

  const wrong = failures(result);
  for (const line of wrong) console.error(line);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${result.access.cells.length} questions of access evaluated, ${wrong.length} differences; ${output}/review.md, review.html and topology.svg written in ${seconds} s`,
  );
  return wrong.length > 0 ? 1 : 0;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        from: { type: 'string' },
        output: { type: 'string', default: 'review.out' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    // Node's first sentence names the option; the others are of no use here.
    const [sentence] = (error as Error).message.split(/\.(?:\s|$)/);
    throw new ReviewError(`${sentence}; npm run review -- --help shows the options`);
  }
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
  } catch (error) {
    throw new ReviewError(`the report cannot be written to ${folder}: ${(error as Error).message}`);
  }
}

main()
  .then((status) => {
    process.exitCode = status;
  })
  .catch((error) => {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
