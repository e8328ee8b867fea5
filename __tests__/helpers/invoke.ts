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
  return {
    exit,
    invoke: (records: unknown): Promise<Invocation> => {
      written.length = 0;
      const context = { ...CONTEXT, ...time };
      return outcomeOf(handler, { Records: records } as DynamoDBStreamEvent, written, context);
    },
    invokeWith: (event: unknown, clientContext?: object): Promise<Invocation> => {
      written.length = 0;
      const context = { ...CONTEXT, clientContext } as Context;
      return outcomeOf(handler, event as DynamoDBStreamEvent, written, context);
    },
  };
}

/** Invokes a handler that writes to the process's output, which is caught meanwhile. */
export async function invoke(handler: StreamHandler, records: unknown): Promise<Invocation> {
  const written: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    return await outcomeOf(handler, { Records: records } as DynamoDBStreamEvent, written);
  } finally {
    output.mockRestore();
  }
}

async function outcomeOf(
  handler: StreamHandler,
  event: DynamoDBStreamEvent,
  written: readonly string[],
  context = CONTEXT,
): Promise<Invocation> {
  const outcome = await handler(event, context).then(
    (response) => ({ response }),
    (thrown: unknown) => ({ thrown }),
  );
  const parsed: Line[] = written.map((line) => JSON.parse(line));
  return {
    ...outcome,
    lines: parsed.filter((line) => !('_aws' in line)),
    metrics: parsed.filter((line) => '_aws' in line),
  };
}
