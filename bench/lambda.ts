import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context, DynamoDBRecord, StreamRecord } from 'aws-lambda';
import { SINK_VARIABLES } from '../lambda-src/contract';
import type { StreamHandler } from '../lambda-src/runtime/handler';
import { bundle } from '../packaging/bundle';
import { PACKAGE } from '../packaging/package-files';
import { ownFile } from '../topology/own-files';
import { compare, timeOf } from './measure';
import order from './order.json';

const POWERTOOLS = 'bench/powertools-handler.ts';
const DEFAULT = 'lambda-src/index.ts';

const folderOf = (entry: string) => bundle(entry, 'nodejs22.x').directory;
const moduleOf = (folder: string) => pathToFileURL(path.resolve(folder, PACKAGE.handler)).href;

/** Size and import time of the default functions, and of the same with Powertools. */
export async function benchBundles(): Promise<void> {
  const bundles = ['lambda-src/s3.ts', DEFAULT, POWERTOOLS].map((entry) => {
    const folder = folderOf(entry);
    const size = statSync(path.join(folder, PACKAGE.bundle)).size / 1024;
    const name = `${path.basename(entry)}, ${size.toFixed(1)} KB`;
    return { name, run: () => importTime(folder) };
  });
  await compare('Import of a bundle (index.ts of at most 40 KB, s3.ts 400 KB)', bundles, 15);
}

/** Measured inside a process of its own, as Lambda starts it. */
function importTime(folder: string): number {
  const env = { ...process.env, [SINK_VARIABLES.s3.bucket]: 'changes' };
  const parameters = [ownFile('bench/import-time.mjs'), moduleOf(folder)];
  return Number(execFileSync(process.execPath, parameters, { env, stdio: 'pipe' }).toString());
}

const BATCHES = 20;
const BATCH_SIZE = 100;

/**
 * The default function, with its sink `log`, against Powertools, which writes the same lines (`powertools-handler.ts`),
 * and `JSON.parse` of the events, which Lambda has to do before the handler is called. All run in this process, and
 * the handlers are bundled with the same options.
 */
export async function benchHandler(): Promise<void> {
  const events = Array.from({ length: BATCHES }, (_, batch) => ({
    Records: Array.from({ length: BATCH_SIZE }, (_, index) =>
      orderRecord(batch * BATCH_SIZE + index),
    ),
  }));
  const texts = events.map((event) => JSON.stringify(event));
  const handling = async (entry: string) => {
    const { handler }: { handler: StreamHandler } = await import(moduleOf(folderOf(entry)));
    return () =>
      withoutOutput(async () => {
        for (const event of events) await handler(event, CONTEXT);
      });
  };
  const contestants = [
    { name: 'the default function', run: await handling(DEFAULT) },
    { name: 'JSON.parse', run: () => timeOf(() => texts.map((text) => JSON.parse(text))) },
    { name: 'Powertools', run: await handling(POWERTOOLS) },
  ];
  await compare(`${BATCHES} batches of ${BATCH_SIZE} records`, contestants, 31);
}

export const CONTEXT = {
  awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
  functionName: 'ProcessOrders',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

/** Milliseconds, with output encoded to bytes, as for a pipe, and dropped. */
export async function withoutOutput(run: () => Promise<unknown>): Promise<number> {
  const { write } = process.stdout;
  process.stdout.write = (line: string | Uint8Array) => Buffer.from(line).length > 0;
  try {
    return await timeOf(run);
  } finally {
    process.stdout.write = write;
  }
}

/** A change of an order: two of three are modifications, with two images of 1.2 KB each. */
export function orderRecord(number: number, item = number): DynamoDBRecord {
  const Keys = { OrderId: { S: `order-${item}` } };
  const NewImage = { ...order.dynamodb.NewImage, ...Keys };
  const isModified = number % 3 > 0;
  const SequenceNumber = `442158450000000001745${String(number).padStart(7, '0')}`;
  const images = isModified ? { OldImage: NewImage, NewImage } : { NewImage };
  return {
    ...order,
    eventID: `c4ca4238a0b923820dcc509a6f75${String(number).padStart(4, '0')}`,
    eventName: isModified ? 'MODIFY' : 'INSERT',
    dynamodb: { ...order.dynamodb, Keys, SequenceNumber, ...images } as StreamRecord,
  };
}
