import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { arns } from '../../../topology/arns';
import { causesIn, type Looked } from '../cause';
import type { Facts, ProducerFacts, SubscriptionFacts } from '../facts';
import { isFound } from '../read/reader';
import { attributesOf } from '../read/states';
import { deploy, typed } from '../remedies';

/** Streams that are off, or other ones than what reads them was made for. */
export function streams({ producers, subscriptions }: Facts): Looked[] {
  return [...producers.flatMap(ofTable), ...subscriptions.map(ofMapping)];
}

function ofTable(facts: ProducerFacts): Looked[] {
  const { table, producer, stack } = facts;
  const { source } = producer;
  if (table === 'absent') {
    const cause = causesIn(facts, 'table')(
      'stream-off',
      `the table ${arns.table(source)} does not exist, so it has no stream`,
      `where it had items, restore a backup under the name ${source.name}: a deploy creates an empty table; then ${deploy(stack)}`,
    );
    return [cause];
  }
  if (!isFound(table)) return [];
  if (isOn(table)) return [replacedStream(facts, table), otherViewType(facts, table)];
  const cause = causesIn(facts, 'stream')(
    'stream-off',
    `the table ${arns.table(source)} has no stream: changes that are written now are not recorded`,
    producer.table.type === 'created'
      ? deploy()
      : `with credentials of ${source.account.id}: ${typed(`aws dynamodb update-table --table-name ${source.name} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --region ${source.account.region}`)}; then ${deploy()}`,
  );
  return [cause];
}

function isOn({ StreamSpecification }: TableDescription): boolean {
  return StreamSpecification?.StreamEnabled === true;
}

/** Turning a stream off and on makes a new one, whose policy is empty and which no mapping reads. */
function replacedStream(facts: ProducerFacts, { LatestStreamArn: latest }: TableDescription) {
  const { state } = facts;
  const known = isFound(state) ? state.outputs.stream_arn : undefined;
  if (known === undefined || known === latest) return undefined;
  return causesIn(facts, 'stream')(
    'stream-replaced',
    `the stream was turned off and on again outside of Terraform: it is ${latest}, and ${known} in the state; what reads the former one gets no new changes`,
    deploy(),
  );
}

/** One that reads another stream than the table has, and not since the stream was replaced. */
function ofMapping(facts: SubscriptionFacts): Looked {
  const { stack, producer, mapping } = facts;
  if (!producer || !isFound(producer.table) || !isOn(producer.table)) return undefined;
  const { LatestStreamArn: latest } = producer.table;
  if (!isFound(mapping) || mapping.EventSourceArn === latest) return undefined;
  if (replacedStream(producer, producer.table)) return undefined;
  return causesIn(facts, 'mapping')(
    'stream-replaced',
    `the mapping reads ${mapping.EventSourceArn}, and the stream of the table is ${latest}: it gets no new changes`,
    deploy(stack),
  );
}

function otherViewType(facts: ProducerFacts, { StreamSpecification }: TableDescription): Looked {
  const { table } = facts.producer;
  const is = StreamSpecification?.StreamViewType;
  if (table.type !== 'created' || is === table.streamViewType) return undefined;
  // It was deployed so: then the state is older than the topology, and is said to be.
  if (attributesOf(facts, 'aws_dynamodb_table.table')?.stream_view_type === is) return undefined;
  return causesIn(facts, 'stream')(
    'view-type-differs',
    `the stream has ${is}, in the topology ${table.streamViewType}: records lack what the function expects`,
    deploy(),
  );
}
