import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createHandler, type StreamHandler } from '../../lambda-src/runtime/handler';
import type { RunBatch } from '../../lambda-src/runtime/run-batch';

export const CONTEXT = {
  awsRequestId: 'request-1',
  functionName: 'ProcessOrders',
  getRemainingTimeInMillis: () => 1_234,
} as Context;

type Line = Readonly<Record<string, unknown>>;

export interface Invocation {
  readonly response?: DynamoDBBatchResponse;
  readonly thrown?: unknown;
  /** What was logged, parsed. */
  readonly lines: Line[];
  /** The metrics lines, parsed. */
  readonly metrics: Line[];
}

/**
 * A handler with an output of its own; `invoke` gives what one invocation answers and writes, and `exit` is what would
 * end the process.
 */
export function handlerOf(
  runBatch: RunBatch,
  env: Readonly<Record<string, string>> = {},
  time: Partial<Context> = {},
) {
  const written: string[] = [];
  const exit = jest.fn<void, []>();
  const output = { write: (line: string) => written.push(line) };
  const handler = createHandler(runBatch, { env, output, exit });
  const invokeIn = async (event: unknown, context: Context): Promise<Invocation> => {
    written.length = 0;
    const outcome = await outcomeOf(handler, event as DynamoDBStreamEvent, context);
    return { ...outcome, ...parsed(written) };
  };
  return {
    exit,
    invoke: (records: unknown) => invokeIn({ Records: records }, { ...CONTEXT, ...time }),
    invokeWith: (event: unknown, clientContext?: object) =>
      invokeIn(event, { ...CONTEXT, clientContext } as Context),
  };
}

/** Invokes a handler that writes to the process's output, which is caught meanwhile. */
export async function invoke(handler: StreamHandler, records: unknown): Promise<Invocation> {
  const event = { Records: records } as DynamoDBStreamEvent;
  const { result, lines, metrics } = await caught(() => outcomeOf(handler, event, CONTEXT));
  return { ...result, lines, metrics };
}

/** Runs what writes to the process's output, which is caught. */
export async function caught<T>(run: () => Promise<T>) {
  const written: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    const result = await run();
    return { result, ...parsed(written) };
  } finally {
    output.mockRestore();
  }
}

async function outcomeOf(handler: StreamHandler, event: DynamoDBStreamEvent, context: Context) {
  return handler(event, context).then(
    (response) => ({ response }),
    (thrown: unknown) => ({ thrown }),
  );
}

function parsed(written: readonly string[]) {
  const all: Line[] = written.map((line) => JSON.parse(line));
  return {
    lines: all.filter((line) => !('_aws' in line)),
    metrics: all.filter((line) => '_aws' in line),
  };
}
