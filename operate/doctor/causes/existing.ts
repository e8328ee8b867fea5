import { ownPage } from '../../../topology/own-files';
import { causesIn, type Looked } from '../cause';
import type { Facts } from '../facts';
import { type Found, isFound } from '../read/reader';
import type { StackState } from '../read/states';
import { deploy, terraform } from '../remedies';

/** A resource that AWS may have, and what it is imported by. */
type Resource = [StackState, part: string, address: string, id: unknown, live: Found<unknown>];

/** What AWS has and the state of its stack lacks: a deploy fails, since it exists. */
export function existing(facts: Facts): Looked[] {
  const synthesized = new Map(facts.stacks.all.map(({ id, json }) => [id, json.resource]));
  return resourcesOf(facts).map(([place, part, address, id, live]) => {
    const { stack, state } = place;
    const [type = '', name = ''] = address.split('.');
    const isInState = state === 'unknown' || (isFound(state) && state.resources.has(address));
    if (isInState || !isFound(live) || !synthesized.get(stack)?.[type]?.[name]) return undefined;
    return causesIn(place, part)(
      'exists-without-state',
      `${address} (${id}) exists in AWS and is not in the state of ${stack}: a deploy that creates it fails`,
      `if it is the one of this stack: ${terraform(stack, 'import', address, String(id))}; ${ownPage('repair.md')} has the others; then ${deploy(stack)}`,
    );
  });
}

function resourcesOf({ consumers, producers, subscriptions }: Facts): Resource[] {
  return [
    ...consumers.flatMap((facts): Resource[] => {
      const { role, logGroup, failedBatches, consumer } = facts;
      const { bucket } = consumer.failedBatches;
      const roleName = isFound(role) && role.RoleName;
      return [
        [facts, 'role', 'aws_iam_role.execution_role', roleName, role],
        [
          facts,
          'function',
          'aws_lambda_function.processor',
          consumer.function.name,
          facts.function,
        ],
        [facts, 'log', 'aws_cloudwatch_log_group.log', logGroup, logGroup],
        [facts, 'failed batches', 'aws_s3_bucket.failed_batches', bucket, failedBatches],
      ];
    }),
    ...producers.map((facts): Resource => {
      const { name } = facts.producer.source;
      return [facts, 'table', 'aws_dynamodb_table.table', name, facts.table];
    }),
    ...subscriptions.map((facts): Resource => {
      const { mapping } = facts;
      const address = 'aws_lambda_event_source_mapping.event_source_mapping';
      return [facts, 'mapping', address, isFound(mapping) && mapping.UUID, mapping];
    }),
  ];
}
