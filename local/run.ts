import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { groupBy } from '../review/lists';
import type { ResolvedTopology } from '../topology/resolve';
import type { Lines } from './lines';
import type { Action, Fault } from './play';
import type { Producer } from './producers';
import { playScene } from './scene';
import type { Step } from './step';

/** Where buckets are folders. */
const FOLDER = 'local.out';

/** Where tables are kept between runs with actions. */
export const TABLES = path.join(FOLDER, 'tables');

/** Of the last scene: it leaves what actions wrote. */
const OF_SCENE = path.join(FOLDER, 'scene');

/** What is played. */
export interface Request {
  /** With nothing but what the producers have to do with. */
  readonly topology: ResolvedTopology;
  readonly producers: readonly Producer[];
  /** Left out, a scene is played. */
  readonly actions?: readonly Action[];
  /** Default: none with actions, `poison` in a scene. */
  readonly fault?: Fault;
}

export interface Result {
  /** How many steps went wrong that no fault explains. */
  readonly problems: number;
  /** Folders of buckets, and how many files of this run are in them. */
  readonly written: readonly { readonly folder: string; readonly files: number }[];
}

export async function run(
  { topology, producers, actions, fault }: Request,
  lines: Lines,
): Promise<Result> {
  const folder = actions ? FOLDER : OF_SCENE;
  if (!actions) rmSync(folder, { recursive: true, force: true });
  const files = new Set<string>();
  const seen = { problems: 0, kept: false };
  let areMeant = fault !== undefined && actions !== undefined;
  const print = (step: Step) => {
    if (step.outcome === 'problem' && !areMeant) seen.problems += 1;
    if (step.what === 'kept') seen.kept = true;
    const { file }: { file?: unknown } = { ...step.data };
    if (typeof file === 'string') files.add(file);
    lines.print(step);
  };
  // Later than the first line, since it takes longer than all before it.
  const { openPlay } = await import('./play');
  const play = await openPlay(topology, { folder, print, tables: actions ? 'kept' : 'empty' });
  const expectProblems = (expected: boolean) => {
    areMeant = expected;
  };
  try {
    if (actions) {
      for (const action of actions) await play.apply(action, fault);
      await play.deliver();
    } else {
      const stage = { play, say: lines.say, expectProblems, seen };
      for (const producer of producers) await playScene(producer, fault ?? 'poison', stage);
    }
  } finally {
    await play.close();
  }
  // A failed batch that was delivered again is gone.
  const left = [...files].filter((file) => existsSync(path.join(folder, file)));
  return { problems: seen.problems, written: byBucket(left, folder) };
}

function byBucket(files: readonly string[], folder: string): Result['written'] {
  const bucketOf = (file: string) => path.join(folder, file.split('/')[0] ?? '');
  return groupBy(files, bucketOf).map((group) => ({
    folder: bucketOf(group[0]),
    files: group.length,
  }));
}
