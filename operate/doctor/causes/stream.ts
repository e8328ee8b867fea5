import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { arns } from '../../../topology/arns';
import type { Cause } from '../cause';
import type { Facts, ProducerFacts } from '../facts';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';

/** Streams that are off, or other ones than what reads them was made for. */
export function streams(facts: Facts): Cause[] {
  const replaced = new Set<ProducerFacts>();
  const ofProducers = facts.producers.flatMap((producer): Cause[] => {
    const { table } = producer;
    if (table === 'absent') return [withoutTable(producer)];
    if (!isFound(table)) return [];
    if (!table.StreamSpecification?.StreamEnabled) return [off(producer)];
    const found = replacedStream(producer, table, facts);
    if (found) replaced.add(producer);
    return [...(found ? [found] : []), ...otherViewType(producer, table, facts)];
  });
  return [...ofProducers, ...otherStreams(facts, replaced)];
}

function withoutTable({ account, producer: { stackId, source } }: ProducerFacts): Cause {
  return {
    cause: 'stream-off',
    account,
    stack: stackId,
    part: 'table',
    message: `the table ${arns.table(source)} does not exist, so it has no stream`,
    remedy: `where it had items, restore a backup under the name ${source.name}: a deploy creates an empty table; then ${deploy(stackId)}`,
  };
}

function off({ account, producer: { stackId, source, table } }: ProducerFacts): Cause {
  return {
    cause: 'stream-off',
    account,
    stack: stackId,
    part: 'stream',
    message: `the table ${arns.table(source)} has no stream: changes that are written now are not recorded`,
    remedy:
      table.type === 'created'
        ? 'npm run deploy'
        : `aws dynamodb update-table --table-name ${source.name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --region ${source.account.region}, with credentials of ${source.account.id}, then npm run deploy`,
  };
}

/** Turning a stream off and on makes a new one, whose policy is empty and which no mapping reads. */
function replacedStream(
  { account, producer: { stackId: stack } }: ProducerFacts,
  { LatestStreamArn: latest = '' }: TableDescription,
  { states }: Facts,
): Cause | undefined {
  const { state = 'unknown' } = states.get(stack) ?? {};
  const known = isFound(state) ? state.outputs.stream_arn : undefined;
  if (known === undefined || known === latest) return undefined;
  return {
    cause: 'stream-replaced',
    account,
    stack,
    part: 'stream',
    message: `the stream was turned off and on again outside of Terraform: it is ${latest}, and ${known} in the state; what reads the former one gets no new changes`,
    remedy: 'npm run deploy',
  };
}

/** Mappings that read another stream than the table has. */
function otherStreams({ subscriptions }: Facts, replaced: ReadonlySet<ProducerFacts>) {
  return subscriptions.flatMap(({ subscription, account, producer, mapping }): Cause[] => {
    if (!producer || replaced.has(producer) || !isFound(producer.table)) return [];
    const { LatestStreamArn: latest, StreamSpecification } = producer.table;
    if (!StreamSpecification?.StreamEnabled || !isFound(mapping)) return [];
    const { EventSourceArn: read } = mapping;
    if (read === latest) return [];
    return [
      {
        cause: 'stream-replaced',
        account,
        stack: subscription.stackId,
        part: 'mapping',
        message: `the mapping reads ${read}, and the stream of the table is ${latest}: it gets no new changes`,
        remedy: deploy(subscription.stackId),
      },
    ];
  });
}

function otherViewType(
  { account, producer }: ProducerFacts,
  { StreamSpecification }: TableDescription,
  { states }: Facts,
): Cause[] {
  const { stackId: stack, table } = producer;
  const is = StreamSpecification?.StreamViewType;
  if (table.type !== 'created' || is === table.streamViewType) return [];
  const { state = 'unknown' } = states.get(stack) ?? {};
  const attributes = isFound(state) ? state.resources.get('aws_dynamodb_table.table') : undefined;
  // It was deployed so: then the state is older than the topology, and is said to be.
  if (attributes?.stream_view_type === is) return [];
  return [
    {
      cause: 'view-type-differs',
      account,
      stack,
      part: 'stream',
      message: `the stream has ${is}, in the topology ${table.streamViewType}: records lack what the function expects`,
      remedy: 'npm run deploy',
    },
  ];
}
