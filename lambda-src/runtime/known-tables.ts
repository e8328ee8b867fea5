import { describeRecord } from './describe-record';

/**
 * A handler that takes only changes of these tables. Lambda delivers no others, but whoever may invoke the function can
 * write any account and table into an event.
 *
 * @param tableArns ARNs of the tables whose streams the function reads
 * @returns a handler that fails before processing starts, so that Lambda keeps the batch
 */
export function ofKnownTables(
  handler: (event: unknown, context: unknown) => unknown,
  tableArns: readonly string[],
): (event: unknown, context: unknown) => Promise<unknown> {
  const known = new Set(tableArns);
  return async (event, context) => {
    const { Records } = Object(event);
    // Anything that is not a stream event is rejected by the handler.
    for (const record of Array.isArray(Records) ? Records : []) {
      const { eventSourceARN } = Object(record);
      if (typeof eventSourceARN === 'string' && !known.has(tableOf(eventSourceARN))) {
        throw new Error(
          `a record of a table that this function is not subscribed to: ${describeRecord(record)}; subscribe the consumer to it in the topology and deploy, or look who invokes the function`,
        );
      }
    }
    return handler(event, context);
  };
}

function tableOf(streamArn: string): string {
  return streamArn.slice(0, streamArn.indexOf('/stream/'));
}
