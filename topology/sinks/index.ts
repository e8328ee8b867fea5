import { z } from 'zod';
import { realPath } from '../paths';
import { log } from './log';
import { s3 } from './s3';
import type { SinkKind } from './sink';

/** A new sink is a line here, in constructs/sinks/ and in lambda-src/contract.ts, and a file in each of the sinks/. */
const SINKS = { log, s3 };

type SinkType = keyof typeof SINKS;
type Settings = (typeof SINKS)[SinkType]['settings'];

const types = Object.keys(SINKS) as [SinkType, ...SinkType[]];
const settings = types.map((type) => SINKS[type].settings) as [Settings, ...Settings[]];

/** The name of a sink alone has its defaults. */
export const sinkSchema = z
  .union(
    [
      z.enum(types).transform((type): Sink => SINKS[type].settings.parse({ type })),
      z.discriminatedUnion('type', settings, { error: `must be ${types.join(' or ')}` }),
    ],
    { error: `must be ${types.join(', ')} or { type: s3, bucket?: …, prefix?: … }` },
  )
  .prefault('log');

export type Sink = z.output<Settings>;
export type ResolvedSink = ReturnType<(typeof SINKS)[SinkType]['resolve']>;

export function sinkKind({ type }: Sink): SinkKind<Sink, ResolvedSink> {
  return SINKS[type];
}

export const DEFAULT_ENTRIES = Object.values(SINKS).map(({ entry }) => entry);

/** Whether an entry is the default function of a sink, by whatever path or link. */
export function isDefaultEntry(entry: string): boolean {
  return DEFAULT_ENTRIES.map(realPath).includes(realPath(entry));
}

/** Whether an entry is the default function of the sink `log`. */
export function isLogEntry(entry: string): boolean {
  return realPath(entry) === realPath(log.entry);
}

/** The entry of a function: one that names the default function of `log` means that of the sink. */
export function entryOf(entry: string | undefined, sink: Sink): string {
  return entry === undefined || isLogEntry(entry) ? SINKS[sink.type].entry : entry;
}
