import type { Problem } from '../topology/problem';
import type { ResolvedConsumer, ResolvedTopology } from '../topology/resolve';
import { bundle, EntryError } from './bundle';

/** What is wrong with the files that functions are bundled from. */
export function entryProblems({ consumers, subscriptions }: ResolvedTopology): Problem[] {
  return consumers.flatMap((consumer) => {
    const windows = subscriptions
      .filter(({ consumerStackId }) => consumerStackId === consumer.stackId)
      .map(({ tumblingWindowInSeconds }) => tumblingWindowInSeconds);
    const message = entryProblem(consumer.function, Math.max(0, ...windows));
    const path = ['consumers', consumer.name, 'function', 'entry'];
    return message === undefined ? [] : [{ path, message }];
  });
}

function entryProblem(
  { code, runtime }: ResolvedConsumer['function'],
  window: number,
): string | undefined {
  if (!('entry' in code)) return undefined;
  const { entry, files, folder } = code;
  try {
    const { exportsHandler } = bundle(entry, runtime, { files, folder });
    return window > 0 && !exportsHandler
      ? `${entry} must export a handler of its own as handler, since tumblingWindowInSeconds is ${window} and the handler of a processor returns no state; write one that returns it, or leave the window out`
      : undefined;
  } catch (error) {
    if (!(error instanceof EntryError)) throw error;
    return error.message;
  }
}
