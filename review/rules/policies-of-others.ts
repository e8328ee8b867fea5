import { statementsOfKeyOwner } from '../../policies/consumer-key';
import { producerStatement } from '../../policies/producer-statement';
import { renderStatement, type Statement } from '../../policies/statement';
import { streamPolicy, tablePolicy } from '../../policies/stream-policy';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer, ResolvedProducer } from '../../topology/resolve';
import type { Rule } from './rule';

/** Where the policy of a stream, a table or a key belongs to others, they add statements, and nobody evaluates theirs. */
export const policiesOfOthers: Rule = ({ topology: { consumers, producers } }) => [
  ...consumers
    .filter(({ streamsOfOthers }) => streamsOfOthers.length > 0)
    .map((consumer) => {
      const statements = JSON.stringify(producerStatement(consumer));
      const message = `not evaluated: the policies of the streams and keys that it reads belong to others, who add these statements, as the output producer_statement has them by ARN: ${statements}`;
      return { place: consumer.stackId, stops: false, message };
    }),
  ...consumers.flatMap(ofKey),
  ...producers.flatMap((producer) => [...ofStream(producer), ...ofTable(producer)]),
];

function ofKey(consumer: ResolvedConsumer) {
  const { stackId, encryption } = consumer;
  if (typeof encryption !== 'object') return [];
  const statements = JSON.stringify(statementsOfKeyOwner(consumer).map(renderStatement));
  const message = `not evaluated: the policy of the key ${encryption.kmsKeyArn} belongs to others, who add these statements, the output key_policy_statement: ${statements}`;
  return [{ place: stackId, stops: false, message }];
}

function ofStream(producer: ResolvedProducer) {
  const { source, streamPolicy: settings, readers } = producer;
  if (settings.managed || readers.length === 0) return [];
  const roleArns = readers.map(({ roleArn }) => roleArn);
  const statements = streamPolicy(producer, `${arns.streams(source)}<label>`, roleArns);
  const where = "with the stream's own ARN it is the output stream_policy_statement";
  return statements.map((each) => note(producer, `stream of ${source.name}`, where, each));
}

function ofTable(producer: ResolvedProducer) {
  if (producer.table.type === 'created') return [];
  const where = 'it is the output table_policy_statement';
  return tablePolicy(producer).map((each) =>
    note(producer, `table ${producer.source.name}`, where, each),
  );
}

function note(
  { stackId, account }: ResolvedProducer,
  what: string,
  where: string,
  statement: Statement,
) {
  const message = `not evaluated: the policy of the ${what} in ${account.id} belongs to others, who add this statement; ${where}: ${JSON.stringify(renderStatement(statement))}`;
  return { place: stackId, stops: false, message };
}
