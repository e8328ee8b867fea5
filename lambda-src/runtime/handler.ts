import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';
import { isSequenceNumber, LOG_LEVEL, METRICS, REDRIVE } from '../contract';
import type { ProcessorContext } from './context';
import { describeRecord } from './describe-record';
import { keptAlive } from './kept-alive';
import { createLogger, toLogLevel } from './logger';
import { mark } from './mark';
import { toMetricsLine } from './metrics';
import { parseStreamArn } from './stream-arn';

/** What Lambda calls. */
export type StreamHandler = (
  event: DynamoDBStreamEvent,
  lambdaContext: Context,
) => Promise<DynamoDBBatchResponse>;

/** Processes the records of a batch, in the order of the stream, up to the first failure. */
export type Process = (
  records: readonly DynamoDBRecord[],
  context: ProcessorContext,
) => Promise<Outcome>;

export interface Outcome {
  /** How many changes were processed. */
  readonly processed: number;
  readonly failure?: Failure;
}

export interface Failure {
  /** The first record that was not processed. */
  readonly record: DynamoDBRecord;
  /** How many changes failed: all that the processor got at once. */
  readonly changes: number;
  readonly error: unknown;
  /** Whether the function fails, rather than reports the record. */
  readonly thrown: boolean;
}

/** The part of Node.js's `process` that a handler uses. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(line: string): unknown };
}

/**
 * A Lambda handler that keeps this rule:
 *
 * - A batch is processed in the order of the stream up to the first failure. Nothing after it is
 *   begun, so changes of the same item never overtake each other.
 * - Of a failed batch, the first record that was not processed is reported: Lambda delivers that one
 *   and all after it again. What was processed is not repeated.
 * - If the first record of the batch fails by itself, the error is thrown instead. Lambda counts an
 *   error of the function, and halves the batch (`bisectBatchOnFunctionError`) until the record
 *   stands alone: the others are processed, and it alone ends among the failed batches.
 * - What is no event of a DynamoDB stream, or has a record that cannot be reported since it has no
 *   sequence number, is refused by an error before anything is begun. So is an event of a tumbling window,
 *   whose answer would need a state.
 *
 * Logs the failure, and writes the metrics.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 * @throws RangeError if the variable LOG_LEVEL is not a level
 */
export function createHandler(process: Process, host: Host): StreamHandler {
  const level = toLogLevel(host.env[LOG_LEVEL] ?? 'INFO');
  let coldStart = true;

  return mark<StreamHandler>(async (event, lambdaContext) => {
    const { awsRequestId: requestId, functionName } = lambdaContext;
    const xrayTraceId = toTraceId(host.env._X_AMZN_TRACE_ID);
    const invocation = { requestId, functionName, coldStart, xrayTraceId };
    const log = createLogger({ level, invocation, output: host.stdout });
    coldStart = false;

    if (!isRedrive(lambdaContext)) requireNoWindow(event);
    const records = recordsOf(event);
    const { processed, failure } = await keptAlive(
      process(records, {
        log,
        requestId,
        functionName,
        getRemainingTimeInMillis: () => lambdaContext.getRemainingTimeInMillis(),
      }),
    );
    const metrics = {
      [METRICS.processed]: processed,
      [METRICS.failed]: failure?.changes ?? 0,
    };
    const stream = parseStreamArn(records[0]?.eventSourceARN);
    host.stdout.write(toMetricsLine(metrics, functionName, stream));

    if (!failure) return { batchItemFailures: [] };
    const itemIdentifier = sequenceNumberOf(failure.record);
    log.error('Change failed; Lambda will deliver it and what follows again', {
      sequenceNumber: itemIdentifier,
      eventId: failure.record.eventID,
      error: failure.error,
    });
    if (failure.thrown) throw failure.error;
    return { batchItemFailures: [{ itemIdentifier }] };
  });
}

/**
 * Whether the function is invoked by redrive, which drops the state: a batch of a window that has been taken out
 * of the topology can still be delivered.
 */
function isRedrive({ clientContext }: Context): boolean {
  return Object(Object(clientContext).custom)[REDRIVE] === true;
}

/** What only events of a tumbling window have. */
const OF_WINDOW = ['window', 'isFinalInvokeForWindow', 'isWindowTerminatedEarly'];

/**
 * Lambda takes an answer without the state of the window for a failed batch, after all of it was processed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 * @throws TypeError if the event is of a tumbling window
 */
function requireNoWindow(event: DynamoDBStreamEvent): void {
  const found = OF_WINDOW.find((key) => (Object(event)[key] ?? null) !== null);
  if (found === undefined) return;
  throw new TypeError(
    `an event of a tumbling window (it has ${found}), whose state a processor does not return: set tumblingWindowInSeconds to 0, or export a handler of your own that gives { Records } to the processor and returns its answer with the state`,
  );
}

/** @throws TypeError if the event is not one of a DynamoDB stream */
function recordsOf(event: DynamoDBStreamEvent): readonly DynamoDBRecord[] {
  if (!Array.isArray(event?.Records)) {
    throw new TypeError('not an event of a DynamoDB stream: it has no Records');
  }
  for (const record of event.Records) sequenceNumberOf(record);
  return event.Records;
}

function sequenceNumberOf(record: DynamoDBRecord): string {
  const sequenceNumber = record?.dynamodb?.SequenceNumber;
  if (isSequenceNumber(sequenceNumber)) return sequenceNumber;
  throw new TypeError(
    `not a record of a DynamoDB stream, it has no SequenceNumber: ${describeRecord(record)}`,
  );
}

/** @param header such as `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=1` */
function toTraceId(header: string | undefined): string | undefined {
  return /Root=([^;]+)/.exec(header ?? '')?.[1];
}
