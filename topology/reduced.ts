import type { ResolvedConsumer, ResolvedSubscription, ResolvedTopology } from './resolve';

/**
 * The topology with nothing but some subscriptions, and what these have to do with. The policies of its producers are
 * those of the whole one.
 */
export function reducedTo(
  topology: ResolvedTopology,
  subscriptions: readonly ResolvedSubscription[],
): ResolvedTopology {
  const ids = new Set(
    subscriptions.flatMap(({ stream, consumerStackId }) =>
      'arn' in stream ? [consumerStackId] : [consumerStackId, stream.producerStackId],
    ),
  );
  const isIncluded = ({ stackId }: { readonly stackId: string }) => ids.has(stackId);
  const producers = topology.producers.filter(isIncluded);
  const readers = new Set(producers.flatMap((each) => each.readers.map(({ stackId }) => stackId)));
  const isOther = (consumer: ResolvedConsumer) =>
    readers.has(consumer.stackId) && !isIncluded(consumer);
  return {
    ...topology,
    subscriptions,
    consumers: topology.consumers.filter(isIncluded),
    otherReaders: [...topology.consumers, ...(topology.otherReaders ?? [])].filter(isOther),
    producers,
  };
}
