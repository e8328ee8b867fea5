import { findLogLevel, LOG_LEVEL, LOG_LEVELS } from '../lambda-src/contract';
import { type Problem, UserError } from '../topology/problem';
import { type FunctionMaker, makesFunction, type ResolvedTopology } from '../topology/resolve';
import { bundle, outputFolder } from './bundle';

/** What is wrong with the files that functions are bundled from, and with what their code is given. */
export function entryProblems({ consumers, subscriptions }: ResolvedTopology): Problem[] {
  outputFolder(); // first, since no entry is to blame where it fails
  return consumers.filter(makesFunction).flatMap((consumer) => {
    const windows = subscriptions
      .filter(({ consumerStackId }) => consumerStackId === consumer.stackId)
      .map(({ tumblingWindowInSeconds }) => tumblingWindowInSeconds);
    return problemsOf(consumer, Math.max(0, ...windows));
  });
}

function problemsOf({ name, function: settings }: FunctionMaker, window: number): Problem[] {
  const { code, runtime, environment } = settings;
  if (code.type !== 'entry') return [];
  const { entry, files, folder } = code;
  const path = ['consumers', name, 'function'];
  const ofEntry = (message: string) => ({ path: [...path, 'entry'], message });
  try {
    const { hasOwnHandler, hasProcessor } = bundle(entry, runtime, { files, folder });
    const ofWindow = ofEntry(
      `${entry} must export a handler of its own as handler, since tumblingWindowInSeconds is ${window} and the handler of a processor returns no state; write one that returns it, or leave the window out`,
    );
    const level = environment[LOG_LEVEL];
    const ofLevel = {
      path: [...path, 'environment', LOG_LEVEL],
      message: `must be ${LOG_LEVELS.join(', ')}, since ${entry} defines a processor, which reads it`,
      received: level,
    };
    return [
      ...(window > 0 && !hasOwnHandler ? [ofWindow] : []),
      ...(hasProcessor && level !== undefined && !findLogLevel(level) ? [ofLevel] : []),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [ofEntry(error.message)];
  }
}
