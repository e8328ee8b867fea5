import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { SINK_VARIABLES } from '../lambda-src/contract';
import type { StreamHandler } from '../lambda-src/runtime/handler';
import { bundle } from '../packaging/bundle';
import { PACKAGE } from '../packaging/package-files';
import { inTurn } from './measure';
import order from './order.json';

const RUNTIME = 'nodejs22.x';
const POWERTOOLS = 'bench/powertools-handler.ts';
const DEFAULT = 'lambda-src/index.ts';

/** Size, content and import time of the default functions, and of the same with Powertools. */
export async function benchBundles(): Promise<void> {
  const rounds = 15;
  const bundles = [
    { name: 'sink log', entry: DEFAULT, limit: ' of at most 40' },
    { name: 'sink s3', entry: 'lambda-src/s3.ts', limit: ' of at most 400' },
    { name: 'Powertools', entry: POWERTOOLS, limit: '' },
  ].map((contestant) => ({ ...contestant, folder: bundle(contestant.entry, RUNTIME).directory }));
  const measured = await inTurn(bundles, rounds, 1, importTime);

  console.log(`Bundles, import time as the median of ${rounds} processes`);
  for (const { name, limit, folder, median } of measured) {
    const size = (statSync(path.join(folder, PACKAGE.bundle)).size / 1024).toFixed(1);
    const ratio = (median / (measured.at(-1)?.median ?? Number.NaN)).toFixed(2);
    console.log(
      `  ${name.padEnd(12)}${size.padStart(6)} KB${limit}, imported in ${median.toFixed(1)} ms, ${ratio} times Powertools`,
    );
    console.log(`    packages: ${packagesIn(folder).join(', ') || 'none'}`);
  }
}

const moduleOf = (folder: string) => pathToFileURL(path.resolve(folder, PACKAGE.handler)).href;

/** Milliseconds, measured inside a process of its own, as Lambda starts it. */
function importTime({ folder }: { readonly folder: string }): number {
  const program = `
    const start = performance.now();
    await import(${JSON.stringify(moduleOf(folder))});
    console.log(performance.now() - start);
  `;
  const env = { ...process.env, [SINK_VARIABLES.s3.bucket]: 'changes' };
  const parameters = ['--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, parameters, { env, stdio: 'pipe' }).toString());
}

/** By the source map, which names every file that is in the bundle. */
function packagesIn(folder: string): string[] {
  const { sources }: { sources: string[] } = JSON.parse(
    readFileSync(path.join(folder, PACKAGE.sourceMap), 'utf8'),
  );
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

const BATCHES = 20;
const BATCH_SIZE = 100;

/**
 * The default function, with its sink `log`, against two references on the same records:
 *
 * - a Powertools batch processor and logger that write the same lines (`powertools-handler.ts`). They have partial
 *   batch responses, an error where the whole batch failed, the JSON logger with levels by variable, request id,
 *   function name, cold start and X-Ray trace id, errors with stack and cause, BigInts and circular references. The
 *   default function also keeps all digits of numbers, logs sets, stops at a failure and writes metrics;
 * - `JSON.parse` of the events' text, which Lambda has to do before the handler is called.
 *
 * Both handlers are bundled with the same options, are in this process, and write to the same
 * `process.stdout`, which encodes every line to bytes, as a pipe would, and drops them.
 */
export async function benchHandler(): Promise<void> {
  const events = Array.from({ length: BATCHES }, (_, batch): DynamoDBStreamEvent => {
    const numbers = Array.from({ length: BATCH_SIZE }, (_, index) => batch * BATCH_SIZE + index);
    return { Records: numbers.map(orderRecord) };
  });
  const texts = events.map((event) => JSON.stringify(event));
  const handling = async (entry: string) => {
    const module = await import(moduleOf(bundle(entry, RUNTIME).directory));
    const handler: StreamHandler = module.handler;
    return async () => {
      for (const event of events) await handler(event, CONTEXT);
    };
  };
  const parsing = async () => {
    for (const text of texts) JSON.parse(text);
  };
  const contestants = [
    { name: 'the default function', run: await handling(DEFAULT) },
    { name: 'Powertools', run: await handling(POWERTOOLS) },
    { name: 'JSON.parse', run: parsing },
  ];
  // The first rounds are the compiler's.
  const measured = await withoutOutput(() => inTurn(contestants, 31, 3, secondsOf));

  const bytes = Buffer.byteLength(texts.join('')) / (BATCHES * BATCH_SIZE);
  console.log(`Handler, batches of ${BATCH_SIZE} records of ${bytes.toFixed(0)} bytes`);
  const [ours] = measured;
  for (const { name, median } of measured) {
    const rate = ((BATCHES * BATCH_SIZE) / median).toFixed(0);
    const ratio = (median / (ours?.median ?? Number.NaN)).toFixed(2);
    const comparison =
      name === ours?.name ? '' : `  the default function is ${ratio} times as fast`;
    console.log(`  ${name.padEnd(22)}${rate.padStart(7)} records/s${comparison}`);
  }
}

const CONTEXT = {
  awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
  functionName: 'ProcessOrders',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

async function secondsOf({ run }: { readonly run: () => Promise<void> }): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

async function withoutOutput<T>(run: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = (line: string | Uint8Array) => Buffer.from(line).length > 0;
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}

/** A change of an order: two of three are modifications, with two images of 1.2 KB each. */
function orderRecord(number: number): DynamoDBRecord {
  const modified = number % 3 > 0;
  const Keys = { OrderId: { S: `order-${number}` } };
  const imageOf = (status: string) => ({
    ...order,
    ...Keys,
    Status: { S: status },
    Version: { N: String(number) },
  });
  return {
    eventID: `c4ca4238a0b923820dcc509a6f75${String(number).padStart(4, '0')}`,
    eventName: modified ? 'MODIFY' : 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045 + number,
      Keys,
      NewImage: imageOf('placed'),
      ...(modified && { OldImage: imageOf('in the cart') }),
      SequenceNumber: `442158450000000001745${String(number).padStart(7, '0')}`,
      SizeBytes: 2_400,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN:
      'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-02T03:04:05.678',
  };
}
