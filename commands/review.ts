import { synthesizeAt } from '../review/changes/at-ref';
import { compareWithTopology, isHcl } from '../review/comparison/compare';
import { ensureSynthesized, readStacks, stacksOf } from '../review/read/stacks';
import { writeHtml } from '../review/report/html';
import { writeMarkdown } from '../review/report/markdown';
import { plural } from '../review/report/words';
import { review } from '../review/review';
import { synthesize } from '../stacks/synthesize';
import { ownPage } from '../topology/own-files';
import { shortened, visible } from '../topology/unicode';
import { OUTDIR } from './runner';
import { planAnswer } from './saved-plans';
import { defineTopologyCommand, readTopology } from './topology';
import { writeFiles } from './write-files';

/** Characters of a place or a message on the terminal; the longest remedy has fewer. The report has all of it. */
const LONGEST_PART = 1_000;

/** `npm run review`: what a reviewer reads. */
export const command = defineTopologyCommand(
  'review',
  {
    against: { type: 'string', value: '<ref>', does: 'show what changed since a commit or branch' },
    from: {
      type: 'string',
      value: '<folder>',
      does: 'what is synthesized there, no new synthesis',
    },
    plans: {
      type: 'string',
      value: '<folder>',
      does: 'show what npm run plan -- --out saved there, or in folders below it',
    },
    'after-init': { type: 'boolean', does: 'compare all but what Terraform writes' },
    output: { type: 'string', value: '<folder>', does: 'another folder than review.out' },
  },
  async (options, world) => {
    const { against, from, plans, 'after-init': afterInit, output = 'review.out' } = options;
    const topology = readTopology(world);
    const before = against === undefined ? undefined : synthesizeAt(against, world.topologyFile);
    if (from === undefined) await synthesize(topology, OUTDIR);
    else ensureSynthesized(from);
    const result = review({
      // HCL is compared, and the same stacks are read as JSON.
      stacks: () => (from && isHcl(from) ? stacksOf(topology) : readStacks(from ?? OUTDIR)),
      topology,
      today: world.now,
      comparison:
        from === undefined ? undefined : await compareWithTopology(topology, from, afterInit),
      before,
      plan: plans === undefined ? undefined : planAnswer(plans, topology, from ?? OUTDIR),
    });
    writeFiles(output, { 'review.md': writeMarkdown(result), 'review.html': writeHtml(result) });

    const stops = result.findings.filter((finding) => finding.stops);
    for (const { place, message } of stops) {
      const parts = [place, message].filter(Boolean).map((each) => shortened(each, LONGEST_PART));
      world.stderr.write(`${visible(parts.join(' '))}\n`);
    }
    const all = plural(result.findings.length, 'finding');
    const found = stops.length > 0 ? `${stops.length} of ${all} must` : `${all}, none must`;
    world.stdout.write(`${found} stop a deployment; read ${output}/review.html or review.md\n`);
    return stops.length > 0 ? 1 : 0;
  },
  `\nExit code: 0 if nothing must stop a deployment, 1 if something must. Documentation: ${ownPage('review.md')}\n`,
);
