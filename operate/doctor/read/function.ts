import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  type FunctionConfiguration,
  GetAccountSettingsCommand,
  GetFunctionCommand,
} from '@aws-sdk/client-lambda';
import { arns } from '../../../topology/arns';
import { names } from '../../../topology/names';
import { makesFunction, type ResolvedConsumer } from '../../../topology/resolve';
import { type Found, isFound, type Reader } from './reader';

export interface LiveFunction extends FunctionConfiguration {
  /** Left out where none is reserved. */
  readonly reserved?: number;
}

export function readFunction(
  reader: Reader,
  { stackId: stack, account, function: { name } }: ResolvedConsumer,
): Promise<Found<LiveFunction>> {
  const question = { action: 'lambda:GetFunction', stack, part: 'function' };
  return reader.ask(question, async ({ lambda }, options) => {
    const FunctionName = arns.function(account, name);
    const found = await lambda.send(new GetFunctionCommand({ FunctionName }), options);
    // Not the rest: it has an address that the code can be downloaded from.
    const { Configuration = {}, Concurrency } = found;
    return { ...Configuration, reserved: Concurrency?.ReservedConcurrentExecutions };
  });
}

/** The concurrency that functions share for which none is reserved. */
export async function readUnreserved(
  reader: Reader,
  { stackId: stack }: ResolvedConsumer,
): Promise<Found<number | undefined>> {
  const question = { action: 'lambda:GetAccountSettings', stack, part: 'function' };
  const found = await reader.ask(question, ({ lambda }, options) =>
    lambda.send(new GetAccountSettingsCommand({}), options),
  );
  return isFound(found) ? found.AccountLimit?.UnreservedConcurrentExecutions : found;
}

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
