import { isSequenceNumber, LOG_LEVEL, MARK_NAME, REDRIVE } from '../contract';
import { Counts } from './counts';
import { describeRecord } from './describe-record';
import { AGAIN, logFailure, placeOf } from './failure';
import { keptAlive } from './kept-alive';
import { createLogger, toLogLevel } from './logger';
import { toMetricsLine } from './metrics';
import type { RunBatch } from './run-batch';
import { parseStreamArn } from './stream-arn';
import type { BatchResponse, InvocationContext, StreamEvent, StreamRecord } from './stream-event';
import { LONGEST_TIMEOUT } from './time-limit';

export type StreamHandler = (
  event: StreamEvent,
  lambdaContext: InvocationContext,
) => Promise<BatchResponse>;

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: { write(line: string): unknown };
  /** Ends the process. */
  exit(): void;
}

/**
 * A Lambda handler with these rules:
 *
 * - A batch is processed in the order of the stream up to the first failure. Nothing after it is started, so
 *   changes of the same item never overtake each other.
 * - Where the time gets short, processing ends, so that the function does not time out.
 * - Of a failed batch, the first record that was not processed is reported: Lambda delivers it and all after it
 *   again. What was processed is not repeated.
 * - If the first record of the batch fails by itself, the error is thrown instead. Lambda counts an error of the
 *   function, and halves the batch (`bisectBatchOnFunctionError`) until the record is alone: the others are
 *   processed, and only it ends among the failed batches.
 * - Anything that is not a DynamoDB stream event, or has a record without a sequence number, which could not be
 *   reported, is rejected before processing starts. So is an event of a tumbling window, whose answer needs a state.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @throws RangeError if the variable LOG_LEVEL is not a level
 */
export function createHandler(runBatch: RunBatch, { env, output, exit }: Host): StreamHandler {
  const level = toLogLevel(env[LOG_LEVEL] ?? 'INFO');
  let coldStart = true;

  const handler: StreamHandler = async (event, lambdaContext) => {
    const { awsRequestId: requestId, functionName } = lambdaContext;
    // Such as Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=1
    const [, xrayTraceId] = /Root=([^;]+)/.exec(env._X_AMZN_TRACE_ID ?? '') ?? [];
    const fields = { requestId, functionName, coldStart, xrayTraceId };
    const log = createLogger(level, fields, output);
    coldStart = false;

    // Redrive ignores the state, so it can deliver a batch of a window that was removed from the topology.
    if (lambdaContext.clientContext?.custom?.[REDRIVE] !== true) requireNoWindow(event);
    const records = recordsOf(event);
    // A test may have none, or one that says 0.
    const getRemainingTimeInMillis = () =>
      lambdaContext.getRemainingTimeInMillis?.() || LONGEST_TIMEOUT * 1_000;
    const counts = new Counts();
    const count = (name: string, by?: number) => counts.add(name, by);
    const invocation = { log, requestId, functionName, count, getRemainingTimeInMillis };
    const outcome = await keptAlive(runBatch(records, invocation));
    const stream = parseStreamArn(records[0]?.eventSourceARN);
    output.write(toMetricsLine(outcome, counts, functionName, stream));

    const { failure, outOfTime, leftRunning } = outcome;
    if (failure) {
      logFailure(log, failure);
      // Lambda starts another process, as after a time-out: nothing goes on beside the next delivery.
      if (leftRunning && env.AWS_LAMBDA_RUNTIME_API) exit();
      if (failure.thrown || leftRunning) throw failure.error;
    }
    if (outOfTime) log.warn(`Out of time for a change; ${AGAIN}`, placeOf(outOfTime));
    const first = outOfTime ?? failure?.record;
    return {
      batchItemFailures: first ? [{ itemIdentifier: sequenceNumberOf(first) }] : [],
    };
  };
  // Not enumerable, so that Object.assign does not copy the mark to another function.
  return Object.defineProperty(handler, Symbol.for(MARK_NAME), { value: true });
}

/**
 * Lambda treats an answer without the state of the window as a failed batch, although all of it was processed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 * @throws TypeError if the event is of a tumbling window
 */
function requireNoWindow(event: StreamEvent): void {
  const ofWindow = ['window', 'isFinalInvokeForWindow', 'isWindowTerminatedEarly'];
  const found = ofWindow.find((key) => (Object(event)[key] ?? null) !== null);
  if (found === undefined) return;
  throw new TypeError(
    `an event of a tumbling window (it has ${found}), whose state a processor does not return: set tumblingWindowInSeconds to 0, or export a handler of your own that gives { Records } to the processor and returns its answer with the state`,
  );
}

/** @throws TypeError if the event is not one of a DynamoDB stream */
function recordsOf(event: StreamEvent): readonly StreamRecord[] {
  if (!Array.isArray(event?.Records)) {
    throw new TypeError('not an event of a DynamoDB stream: it has no Records');
  }
  for (const record of event.Records) sequenceNumberOf(record);
  return event.Records;
}

function sequenceNumberOf(record: StreamRecord): string {
  const sequenceNumber = record?.dynamodb?.SequenceNumber;
  if (isSequenceNumber(sequenceNumber)) return sequenceNumber;
  throw new TypeError(
    `not a record of a DynamoDB stream, it has no SequenceNumber: ${describeRecord(record)}`,
  );
}
