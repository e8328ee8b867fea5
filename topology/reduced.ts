import type { ResolvedSubscription, ResolvedTopology } from './resolve';

/** The topology with nothing but some subscriptions, and what these have to do with. */
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
  return {
    ...topology,
    subscriptions,
    consumers: topology.consumers.filter(isIncluded),
    producers: topology.producers.filter(isIncluded),
  };
}
