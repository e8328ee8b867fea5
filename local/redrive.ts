import path from 'node:path';
import { REDRIVE } from '../lambda-src/contract';
import type { StreamRecord } from '../lambda-src/runtime/stream-event';
import { findFailedBatches, redrive } from '../operate/redrive/redrive';
import { plural } from '../review/report/words';
import { arns } from '../topology/arns';
import { folderStore } from './failed-batches';
import type { Functions } from './functions';
import type { FunctionPart } from './parts';
import { type Say, sayOutput } from './step';

const WORDS = { delivered: 'redriven', failed: 'failed', waiting: 'waiting', listed: 'listed' };

/** Delivers the failed batches of a consumer again, as `npm run redrive` does. */
export async function redriveBatches(
  part: FunctionPart,
  functions: Functions,
  folder: string,
  say: Say,
): Promise<void> {
  const { consumer, place } = part;
  const store = folderStore(path.join(folder, consumer.failedBatches.bucket));
  const tableArns = new Set(consumer.sources.map(arns.table));
  const origin = { functionArn: part.setUp.arn, tableArns };
  const found = await findFailedBatches(store, origin);
  const failedBatches = { ...place, part: 'failed batches' };
  for (const { key, problem } of found.others) {
    say(failedBatches, 'skipped', `${key}: ${problem}`, 'problem');
  }
  const invoke = async (event: string) => {
    const { Records }: { Records: StreamRecord[] } = JSON.parse(event);
    const custom = { custom: { [REDRIVE]: true } };
    const invoked = await functions.invoke(part, Records, undefined, custom);
    const { kind, response, error } = invoked;
    sayOutput(invoked, place, say);
    return kind === 'answered'
      ? { payload: response === undefined ? '' : JSON.stringify(response) }
      : {
          functionError: 'Unhandled',
          payload: JSON.stringify({ errorMessage: error?.split('\n')[0] }),
        };
  };
  const signal = new AbortController().signal;
  for await (const outcome of redrive(found, { store, origin, invoke, signal })) {
    const { batch, status, problem } = outcome;
    const text = [`${plural(batch.records, 'record')} of ${batch.key}`, problem]
      .filter(Boolean)
      .join(': ');
    say(failedBatches, WORDS[status], text, status === 'delivered' ? 'ok' : 'problem', outcome);
  }
}
