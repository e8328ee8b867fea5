import { statementsOfKeyOwner } from '../../policies/consumer-key';
import { producerStatement } from '../../policies/producer-statement';
import { renderStatement } from '../../policies/statement';
import { streamPolicy, tablePolicy } from '../../policies/stream-policy';
import { readerStatements } from '../../policies/stream-reads';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer, ResolvedProducer } from '../../topology/resolve';
import type { Found } from '../model';
import { KEY_ID } from '../read/attributes';
import type { Stacks } from '../read/resources';
import type { Rule } from './rule';

const WITH_KEY_ID = ", with the key's own ID";

/** Policies of others are in no stack. Each is a note with what they add, as an output of the stack has it too. */
export const policiesOfOthers: Rule = ({ stacks, topology: { consumers, producers } }) => [
  ...consumers.flatMap((consumer) => ofConsumer(consumer, stacks)),
  ...producers.flatMap(ofProducer),
];

function ofConsumer(consumer: ResolvedConsumer, stacks: Stacks): Found[] {
  const { stackId, encryption, role, streamsOfOthers } = consumer;
  const notes: Found[] = [];
  if (streamsOfOthers.length > 0) {
    const output = 'producer_statement, by ARN';
    const statements = producerStatement(consumer);
    notes.push(note(stackId, 'each stream, table and key that it reads', output, statements));
  }
  if (typeof encryption === 'object') {
    const statements = statementsOfKeyOwner(consumer).map(renderStatement);
    notes.push(
      note(stackId, `the key ${encryption.kmsKeyArn}`, 'key_policy_statement', statements),
    );
  }
  if (role.type === 'existing') {
    const output = `role_policy${encryption === 'customer-managed' ? WITH_KEY_ID : ''}, and access is answered as if it had no other`;
    const own = stacks.all.filter(({ id }) => id === stackId);
    const policies = own.flatMap((stack) => stacks.policiesForOwner(stack));
    notes.push(note(stackId, `the role ${role.arn}`, output, ...policies));
  }
  return notes;
}

function ofProducer(producer: ResolvedProducer): Found[] {
  const { stackId, account, source, table, streamPolicy: settings } = producer;
  const notes: Found[] = [];
  if (!settings.managed) {
    const output = "stream_policy_statement, with the stream's own label";
    const what = `the stream of ${source.name} in ${account.id}`;
    const statements = streamPolicy(producer, `${arns.streams(source)}<label>`);
    notes.push(...statements.map((each) => note(stackId, what, output, renderStatement(each))));
  }
  if (table.type === 'existing') {
    const what = `the table ${source.name} in ${account.id}`;
    const output = 'table_policy_statement';
    const statements = tablePolicy(producer);
    notes.push(...statements.map((each) => note(stackId, what, output, renderStatement(each))));
  }
  if (settings.readers.length > 0) {
    const isOwn = source.encryption === 'customer-managed';
    const key = isOwn ? arns.keys(account).replace('*', '<id>') : undefined;
    const output = `consumer_statement${isOwn ? WITH_KEY_ID : ''}`;
    notes.push(
      note(stackId, settings.readers.join(' and '), output, readerStatements(producer, key)),
    );
  }
  return notes;
}

function note(place: string, what: string, output: string, ...added: readonly object[]): Found {
  const copied = added
    .map((each) => JSON.stringify(each))
    .join(' ')
    .replaceAll(KEY_ID, '<id>');
  const message = `not evaluated: the policy of ${what} belongs to others, who add the output ${output}:`;
  return { place, stops: false, message, copied };
}
