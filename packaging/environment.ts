import { SINK_VARIABLES } from '../lambda-src/contract';
import type { FunctionMaker } from '../topology/resolve';
import type { ResolvedSink } from '../topology/sinks';

type Names = {
  readonly [S in ResolvedSink as S['type']]: Readonly<Record<keyof S['variables'], string>>;
};

/** All variables of a function: those of the file win over those of its sink. */
export function environmentOf({
  sink,
  function: { environment },
}: Pick<FunctionMaker, 'sink' | 'function'>): Readonly<Record<string, string>> {
  const names: Readonly<Record<string, string>> = (SINK_VARIABLES satisfies Names)[sink.type];
  const ofSink = Object.entries(sink.variables).map(([key, value]) => [names[key], value]);
  return { ...Object.fromEntries(ofSink), ...environment };
}

/**
 * Bytes of environment variables as Lambda counts them: names and values.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function environmentSize(variables: Readonly<Record<string, unknown>>): number {
  const texts = Object.entries(variables).map(([name, value]) => `${name}${value}`);
  return Buffer.byteLength(texts.join(''));
}
