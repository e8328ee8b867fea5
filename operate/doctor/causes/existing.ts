import { ownPage } from '../../../topology/own-files';
import type { Cause } from '../cause';
import type { Facts } from '../facts';
import { type Found, isFound } from '../read/reader';
import { deploy, terraform } from '../remedies';

/** A resource that AWS may have, and what it is imported by. */
interface Resource {
  readonly account: string;
  readonly stack: string;
  readonly part: string;
  readonly address: string;
  readonly id: string;
  readonly live: Found<unknown>;
}

/** What AWS has and the state of its stack lacks: a deploy fails, since it exists. */
export function existing(facts: Facts): Cause[] {
  const { states, stacks } = facts;
  return resourcesOf(facts).flatMap(({ account, stack, part, address, id, live }): Cause[] => {
    const { state = 'unknown' } = states.get(stack) ?? {};
    const [type = '', name = ''] = address.split('.');
    const block = stacks.all.find((each) => each.id === stack)?.json.resource?.[type]?.[name];
    const isInState = state === 'unknown' || (isFound(state) && state.resources.has(address));
    if (!block || isInState || !isFound(live)) return [];
    return [
      {
        cause: 'exists-without-state',
        account,
        stack,
        part,
        message: `${address} (${id}) exists in AWS and is not in the state of ${stack}: a deploy that creates it fails`,
        remedy: `if it is the one of this stack: ${terraform(stack, 'import', address, id)}; ${ownPage('repair.md')} has the others; then ${deploy(stack)}`,
      },
    ];
  });
}

function resourcesOf({ consumers, producers, subscriptions }: Facts): Resource[] {
  return [
    ...consumers.flatMap(({ account, consumer, role, logGroup, failedBatches, ...live }) => {
      const { stackId: stack, function: lambda } = consumer;
      const of = (part: string, address: string, id: string, live: Found<unknown>): Resource => {
        return { account, stack, part, address, id, live };
      };
      const roleName = isFound(role) ? String(role.RoleName) : '';
      const { bucket } = consumer.failedBatches;
      return [
        of('role', 'aws_iam_role.execution_role', roleName, role),
        of('function', 'aws_lambda_function.processor', lambda.name, live.function),
        of('log', 'aws_cloudwatch_log_group.log', String(logGroup), logGroup),
        of('failed batches', 'aws_s3_bucket.failed_batches', bucket, failedBatches),
      ];
    }),
    ...producers.map(({ account, producer, table }): Resource => {
      const { stackId: stack, source } = producer;
      const address = 'aws_dynamodb_table.table';
      return { account, stack, part: 'table', address, id: source.name, live: table };
    }),
    ...subscriptions.map(({ account, subscription: { stackId: stack }, mapping }): Resource => {
      const address = 'aws_lambda_event_source_mapping.event_source_mapping';
      const id = String(isFound(mapping) && mapping.UUID);
      return { account, stack, part: 'mapping', address, id, live: mapping };
    }),
  ];
}
