import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { groupBy } from '../review/lists';
import { takeLock } from '../stacks/folder-lock';
import { writing } from '../topology/paths';
import type { ResolvedTopology } from '../topology/resolve';
import type { Lines } from './lines';
import type { Action, Fault, Play } from './play';
import type { Producer } from './producers';
import { playScene } from './scene';
import type { Step } from './step';

/** Where buckets are folders. */
const FOLDER = 'local.out';

/** Where tables are kept between runs with actions. */
export const TABLES = path.join(FOLDER, 'tables');

/** Of two runs at once, one would lose what the other writes. */
const LOCK = path.join(FOLDER, '.pid');

/** Of the last scene: it leaves what actions wrote. */
const OF_SCENE = path.join(FOLDER, 'scene');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What of problems a fault explains, as `<what> <text>`. Other failures, and refusals, are not asked for. */
const EXPLAINED: Readonly<Record<Fault, RegExp>> = {
  poison: /^(failed PoisonChange|retried|discarded|blocked)\b/,
  timeout: /^(timed out|retried|discarded|blocked)\b/,
  duplicate: /^lost its answer\b/,
  denied: /^refused\b/,
};

/** What is played. */
export interface Request {
  /** With nothing but what the producers have to do with. */
  readonly topology: ResolvedTopology;
  readonly producers: readonly Producer[];
  readonly asked: 'scene' | 'redrive' | readonly Action[];
  /** Default: `poison` in a scene, else none. */
  readonly fault?: Fault;
  /** A folder of synthesized stacks. Default: they are synthesized from the topology. */
  readonly from?: string;
}

export interface Result {
  /** How many steps went wrong that no fault explains. */
  readonly problems: number;
  /** Whether failed batches are left that `redrive` delivers. */
  readonly canRedrive: boolean;
  /** Folders of buckets, and how many files of this run are in them. */
  readonly written: readonly { readonly folder: string; readonly files: number }[];
}

export async function run(
  { topology, producers, asked, fault, from }: Request,
  lines: Lines,
): Promise<Result> {
  const isScene = asked === 'scene';
  const folder = isScene ? OF_SCENE : FOLDER;
  writing('what is played', folder, () => {
    takeLock(
      LOCK,
      (owner) =>
        `another npm run local (process ${owner}) plays in ${FOLDER}; wait for its end, or delete ${LOCK} if there is none`,
    );
    if (isScene) rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  const files = new Set<string>();
  const seen = { steps: 0, problems: 0, kept: false };
  let explained = fault && Array.isArray(asked) ? EXPLAINED[fault] : undefined;
  const print = (step: Step) => {
    seen.steps += 1;
    const isMeant = explained?.test(`${step.what} ${step.text}`);
    if (step.outcome === 'problem' && !isMeant) seen.problems += 1;
    if (step.what === 'kept') seen.kept = true;
    const { file }: { file?: unknown } = { ...step.data };
    if (typeof file === 'string') files.add(file);
    lines.print(step);
  };
  const expectProblems = (expected: boolean) => {
    explained = expected ? EXPLAINED[fault ?? 'poison'] : undefined;
  };
  let play: Play | undefined;
  // At once, whatever the function does, and without leaving its process or temporary folders.
  const end = (signal: NodeJS.Signals) => {
    void play?.close();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    // Later than the first line, since it takes longer than all before it.
    const { openPlay } = await import('./play');
    const tables = isScene ? 'empty' : 'kept';
    play = await openPlay(topology, { folder, print, tables, from });
    if (isScene) {
      const stage = { play, say: lines.say, expectProblems, seen };
      for (const producer of producers) await playScene(producer, fault ?? 'poison', stage);
    } else if (asked === 'redrive') {
      await play.redrive();
      if (seen.steps === 0) lines.say(`There is no failed batch in ${FOLDER}`);
    } else {
      for (const action of asked) await play.apply(action, fault);
      await play.deliver();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    await play?.close();
    rmSync(LOCK, { force: true });
  }
  // A failed batch that was delivered again is gone.
  const left = [...files].filter((file) => existsSync(path.join(folder, file)));
  const canRedrive = seen.kept && !isScene;
  return { problems: seen.problems, canRedrive, written: byBucket(left, folder) };
}

function byBucket(files: readonly string[], folder: string): Result['written'] {
  const bucketOf = (file: string) => path.join(folder, file.split('/')[0] ?? '');
  return groupBy(files, bucketOf).map((group) => ({
    folder: bucketOf(group[0]),
    files: group.length,
  }));
}
