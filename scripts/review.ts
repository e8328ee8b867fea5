/**
 * `npm run review`: what a reviewer reads, from the synthesized stacks, in `review.out/`.
 *
 *   --from <folder>    review what is synthesized there already
 *   --output <folder>  write elsewhere
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeHtml } from '../review/html';
import { writeMarkdown } from '../review/markdown';
import { loadPrices } from '../review/prices';
import { ReviewError } from '../review/problem';
import { failures, review } from '../review/review';
import { readStacks } from '../review/stacks';
import { layOut } from '../review/svg';
import { loadTopology } from '../topology/load';
import { TopologyError } from '../topology/problem';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      output: { type: 'string', default: 'review.out' },
    },
  });
  const topology = loadTopology(process.env.TOPOLOGY ?? 'topologies/orders.yaml');
  if (values.from === undefined) {
    const { status } = spawnSync('cdktf', ['synth'], { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  const started = performance.now();
  const result = await review(
    readStacks(values.from ?? 'cdktf.out'),
    topology,
    loadPrices('review/prices.yaml'),
  );
  const markdown = writeMarkdown(result);
  const svg = await layOut(result.diagram);
  mkdirSync(values.output, { recursive: true });
  const write = (name: string, content: string) =>
    writeFileSync(path.join(values.output, name), content);
  write('review.md', markdown);
  write('topology.svg', svg);
  write('review.html', writeHtml(result.name, markdown, svg));

  const wrong = failures(result);
  for (const line of wrong) console.error(line);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${result.access.cells.length} questions of access evaluated, ${wrong.length} differences; ${values.output}/review.md, review.html and topology.svg written in ${seconds} s`,
  );
  return wrong.length > 0 ? 1 : 0;
}

main()
  .then((status) => {
    process.exitCode = status;
  })
  .catch((error) => {
    if (!(error instanceof ReviewError || error instanceof TopologyError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  });
