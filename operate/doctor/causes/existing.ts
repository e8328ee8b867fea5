import { ownPage } from '../../../topology/own-files';
import { causesIn, type Looked } from '../cause';
import type { Facts } from '../facts';
import type { NamedKey } from '../read/named-keys';
import { type Found, isFound } from '../read/reader';
import { attributesOf, type StackState } from '../read/states';
import { deploy, terraform } from '../remedies';
import { enabling } from './key';

/** A resource that AWS may have, and what it is imported by. What is imported first comes first. */
type Resource = [StackState, part: string, address: string, id: unknown, live: Found<unknown>];

/** What AWS has and the state of its stack lacks: a deploy fails, since it exists. */
export function existing(facts: Facts): Looked[] {
  return [...facts.namedKeys.flatMap(ofKey), ...ofOthers(facts)];
}

/** A deploy does not fail at a key, but creates a second one, and fails at the alias. */
function ofKey({ place, alias, key, name, live }: NamedKey): Looked[] {
  if (!isFound(live)) return [];
  const { stack } = place;
  const cause = causesIn(place, 'key');
  const { KeyId: id = '', KeyState } = live;
  const known = attributesOf(place, key);
  const isOther = known?.key_id !== undefined && known.key_id !== id;
  const first = KeyState === 'Enabled' ? '' : `it is ${KeyState}: ${enabling(live)}; `;
  const forget = isOther ? `${terraform(stack, 'state', 'rm', key)}; then ` : '';
  const has = isOther ? `has another one, ${known.key_id}` : 'has none';
  const last = isOther ? `; what to do with ${known.key_id}: ${ownPage('repair.md')}` : '';
  return [
    (!known || isOther) &&
      cause(
        'exists-without-state',
        `${key} (${id}, with the alias ${name}) exists in AWS, and the state of ${stack} ${has}: import it before anything else, since a deploy creates a second one`,
        `${first}${forget}${terraform(stack, 'import', key, id)}${last}`,
      ),
    attributesOf(place, alias) === undefined && imported(place, 'key', alias, name),
  ];
}

function ofOthers(facts: Facts): Looked[] {
  const synthesized = new Map(facts.stacks.all.map(({ id, json }) => [id, json.resource]));
  return resourcesOf(facts).map(([place, part, address, id, live]) => {
    const { stack, state } = place;
    const [type = '', name = ''] = address.split('.');
    const known = attributesOf(place, address);
    if (known || state === 'unknown' || !isFound(live) || !synthesized.get(stack)?.[type]?.[name])
      return undefined;
    return imported(place, part, address, String(id));
  });
}

function imported(place: StackState, part: string, address: string, id: string): Looked {
  const { stack } = place;
  return causesIn(place, part)(
    'exists-without-state',
    `${address} (${id}) exists in AWS and is not in the state of ${stack}: a deploy that creates it fails`,
    `if it is the one of this stack: ${terraform(stack, 'import', address, id)}; ${ownPage('repair.md')} has the others; then ${deploy(stack)}`,
  );
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
