import { setTimeout as sleep } from 'node:timers/promises';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { defineProcessor } from '../lambda-src/processor';
import { CONTEXT, orderRecord, withoutOutput } from './lambda';

const CHANGES = 1_000;
const ITEMS = 100;

/** What the changes leave: the number of the last one that was written, by item. */
type Stored = Map<number, number>;

type Handler = (event: DynamoDBStreamEvent, context: Context) => Promise<unknown>;

/**
 * A processor that waits 5 to 15 ms for each change, as for a write, one change at a time or several, against
 * Powertools. An old value is left where a later change of an item was overtaken by an earlier one.
 */
export async function benchIo(): Promise<void> {
  const ours = (concurrency: number) => (stored: Stored) =>
    defineProcessor(({ record }) => write(record, stored), { concurrency });
  const powertools = (processInParallel: boolean) => (stored: Stored) => {
    const processor = new BatchProcessor(EventType.DynamoDBStreams);
    const one = (record: DynamoDBRecord) => write(record, stored);
    return (event: DynamoDBStreamEvent, context: Context) =>
      processPartialResponse(event, one, processor, { context, processInParallel });
  };
  const contestants: readonly (readonly [name: string, (stored: Stored) => Handler])[] = [
    ['one by one', ours(1)],
    ['concurrency: 10', ours(10)],
    ['concurrency: 50', ours(50)],
    ['Powertools, sequential', powertools(false)],
    ['Powertools, parallel', powertools(true)],
  ];
  console.log(`${CHANGES} changes of ${ITEMS} items that wait 5 to 15 ms each, one run`);
  const Records = Array.from({ length: CHANGES }, (_, number) =>
    orderRecord(number, number % ITEMS),
  );
  let reference: number | undefined;
  for (const [name, handlerOf] of contestants) {
    const stored: Stored = new Map();
    const handler = handlerOf(stored);
    const time = await withoutOutput(() => handler({ Records }, CONTEXT));
    reference ??= time;
    const old = [...stored].filter(([item, number]) => number !== CHANGES - ITEMS + item).length;
    const factor = `${(reference / time).toFixed(1)} times as fast`;
    console.log(
      `  ${name.padEnd(24)}${time.toFixed(0).padStart(8)}  ${factor.padEnd(22)}${old} items with an old value`,
    );
  }
}

/** As long as the number says, so that each contestant waits the same. */
async function write(
  { dynamodb }: { dynamodb?: { SequenceNumber?: string } },
  stored: Stored,
): Promise<void> {
  const number = Number(dynamodb?.SequenceNumber?.slice(-7));
  await sleep(5 + ((number * 7_919) % 11));
  stored.set(number % ITEMS, number);
}
