import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { names } from '../../../topology/names';
import { makesFunction, type ResolvedConsumer } from '../../../topology/resolve';
import type { Found, Reader } from './reader';

/** The log group of a function that the stack creates. */
export async function readLogGroup(
  reader: Reader,
  consumer: ResolvedConsumer,
): Promise<Found<string>> {
  if (!makesFunction(consumer)) return 'unknown';
  const question = { action: 'logs:DescribeLogGroups', stack: consumer.stackId, part: 'log' };
  const name = names.logGroup(consumer.function.name);
  return reader.ask(question, async ({ logs }, options) => {
    // Those that begin so, in the order of their names: the one that is called so is the first.
    const asked = new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 });
    const { logGroups = [] } = await logs.send(asked, options);
    return logGroups[0]?.logGroupName === name ? name : 'absent';
  });
}
