import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { StreamHandler } from '../lambda-src/runtime/handler';
import { bundle } from '../packaging/bundle';
import { PACKAGE } from '../packaging/package-files';
import { median } from './measure';
import { orderBatches } from './orders';

const RUNTIME = 'nodejs22.x';
const BATCHES = 20;
const BATCH_SIZE = 100;
const ROUNDS = 31;

interface Contestant {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * The default function, with its sink `log`, against two references on the same records:
 *
 * - a Powertools batch processor and logger that write the same lines (`powertools-handler.ts`), of
 *   which is kept: partial batch responses, an error where the whole batch failed, the JSON logger
 *   with levels by variable, request id, function name, cold start and X-Ray trace id, errors with
 *   stack and cause, BigInts and circular references. More than Powertools does: numbers keep all
 *   their digits, sets are logged, the batch stops at a failure, and metrics are written;
 * - `JSON.parse` of the events' text, which Lambda has to do before the handler is called.
 *
 * Both handlers are bundled with the same options, are in this process, and write to the same
 * `process.stdout`, which encodes every line to bytes, as a pipe would, and drops them.
 */
export async function benchHandler(): Promise<void> {
  const events = orderBatches(BATCHES, BATCH_SIZE);
  const texts = events.map((event) => JSON.stringify(event));
  const [ours, powertools] = await Promise.all(
    ['lambda-src/index.ts', 'bench/powertools-handler.ts'].map(load),
  );

  const run = (handler: StreamHandler | undefined) => async () => {
    for (const event of events) await handler?.(event, CONTEXT);
  };
  const contestants: Contestant[] = [
    { name: 'the default function', run: run(ours) },
    { name: 'Powertools', run: run(powertools) },
    {
      name: 'JSON.parse',
      run: async () => {
        for (const text of texts) JSON.parse(text);
      },
    },
  ];
  const times = await withoutOutput(() => alternate(contestants));

  const bytes = Buffer.byteLength(texts.join('')) / (BATCHES * BATCH_SIZE);
  console.log(`Handler, batches of ${BATCH_SIZE} records of ${bytes.toFixed(0)} bytes`);
  const [reference = Number.NaN] = times;
  for (const [index, { name }] of contestants.entries()) {
    const seconds = times[index] ?? Number.NaN;
    const rate = ((BATCHES * BATCH_SIZE) / seconds).toFixed(0);
    const ratio = (seconds / reference).toFixed(2);
    const comparison = index === 0 ? '' : `  the default function is ${ratio} times as fast`;
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

async function load(entry: string): Promise<StreamHandler> {
  const module = path.resolve(bundle(entry, RUNTIME).directory, PACKAGE.handler);
  return (await import(pathToFileURL(module).href)).handler;
}

/** Median seconds of each; they run in turn, so that whatever else the machine does meets all. */
async function alternate(contestants: readonly Contestant[]): Promise<number[]> {
  const times = contestants.map(() => [] as number[]);
  for (let round = -3; round < ROUNDS; round += 1) {
    for (const [index, { run }] of contestants.entries()) {
      const start = performance.now();
      await run();
      // The first rounds are the compiler's.
      if (round >= 0) times[index]?.push((performance.now() - start) / 1000);
    }
  }
  return times.map((seconds) => median(seconds.sort((a, b) => a - b)));
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
