/** The API of the package: what an app of CDKTF needs to add resources to the stacks of a topology. */
import { loadTopology as load } from './load/load';
import { entryProblems } from './packaging/entry-problems';
import type { ResolvedTopology } from './topology/resolve';

export { AccountStack } from './stacks/account-stack';
export { buildStacks } from './stacks/build-stacks';
export { ConsumerStack } from './stacks/consumer-stack';
export { ProducerStack } from './stacks/producer-stack';
export { StateBucketStack } from './stacks/state-bucket-stack';
export { SubscriptionStack } from './stacks/subscription-stack';
export { type SynthesisOptions, synthesize } from './stacks/synthesize';
export { type Problem, TopologyError, UserError } from './topology/problem';
export type {
  Account,
  ResolvedConsumer,
  ResolvedFunction,
  ResolvedProducer,
  ResolvedSubscription,
  ResolvedTopology,
} from './topology/resolve';

/**
 * Reads a topology file, checks all of it and the functions that it names, and fills in what it leaves out.
 *
 * @param file path of the YAML file, from the working directory
 * @param warn takes each line about what is allowed and should be looked at. Default: standard error
 * @throws TopologyError with every problem of the file, each with its line and its remedy
 */
export function loadTopology(
  file: string,
  warn: (line: string) => void = console.warn,
): ResolvedTopology {
  return load(file, entryProblems, warn);
}
