import { makesFunction } from '../../topology/resolve';
import type { Rule } from './rule';

/** A stream has at least one shard, and Lambda runs as many batches of each as the factor says. */
export const scarceConcurrency: Rule = ({ topology: { consumers, subscriptions } }) =>
  consumers.filter(makesFunction).flatMap(({ name, stackId, function: lambda }) => {
    const { reservedConcurrentExecutions: reserved } = lambda;
    const batches = subscriptions
      .filter(({ consumerStackId, enabled }) => consumerStackId === stackId && enabled)
      .reduce((sum, { parallelizationFactor }) => sum + parallelizationFactor, 0);
    if (reserved === undefined || reserved >= batches) return [];
    const place = `consumers.${name}.function.reservedConcurrentExecutions`;
    const message = `${lambda.name} reserves ${reserved}, fewer than the ${batches} batches that its subscriptions run at once with one shard each (parallelizationFactor); the rest is throttled and waits`;
    return [{ place, stops: false, message }];
  });
