import { producerStatement } from '../../policies/producer-statement';
import { renderStatement } from '../../policies/statement';
import { streamPolicy } from '../../policies/stream-policy';
import { arns } from '../../topology/arns';
import type { Rule } from './rule';

/** Where the policy of a stream belongs to others, they add a statement, and nobody evaluates theirs. */
export const policiesOfOthers: Rule = ({ topology: { consumers, producers } }) => [
  ...consumers
    .filter(({ streamsOfOthers }) => streamsOfOthers.length > 0)
    .map((consumer) => {
      const statements = JSON.stringify(producerStatement(consumer));
      const message = `not evaluated: the policies of the streams and keys that it reads belong to others, who add these statements, as the output producer_statement has them by ARN: ${statements}`;
      return { place: consumer.stackId, stops: false, message };
    }),
  ...producers
    .filter(({ streamPolicy: { managed }, readers }) => !managed && readers.length > 0)
    .map((producer) => {
      const { stackId, source, account, readers } = producer;
      const roleArns = readers.map(({ roleArn }) => roleArn);
      const stream = `${arns.streams(source)}<label>`;
      const [statement] = streamPolicy(producer, stream, roleArns).map(renderStatement);
      const message = `not evaluated: the policy of the stream of ${source.name} in ${account.id} belongs to others, who add this statement; with the stream's own ARN it is the output stream_policy_statement: ${JSON.stringify(statement)}`;
      return { place: stackId, stops: false, message };
    }),
];
