import type { KeyMetadata } from '@aws-sdk/client-kms';
import { parseArn } from '../../../topology/arns';
import { causesIn, type Looked } from '../cause';
import type { ConsumerFacts, Facts, ProducerFacts } from '../facts';
import { lets, namesDeleted } from '../policy';
import { isFound } from '../read/reader';
import { deploy, typed } from '../remedies';
import { time } from '../times';

/** Keys that cannot be used, or that refuse the readers of a stream. */
export function keys({ producers, consumers }: Facts): Looked[] {
  const ofConsumers = consumers.map((facts) => {
    const effect = 'the variables of the function, its log and failed batches cannot be used';
    return unusable(facts, effect, keyInstead(facts));
  });
  return [...producers.flatMap((facts) => ofTable(facts, consumers)), ...ofConsumers];
}

function ofTable(facts: ProducerFacts, consumers: Facts['consumers']): readonly Looked[] {
  const { producer, table } = facts;
  if (!isFound(table)) return [];
  const one =
    otherKey(facts, table.SSEDescription?.KMSMasterKeyArn) ??
    unusable(
      facts,
      `what ${producer.source.name} and its stream hold cannot be read`,
      'restore a backup of the table',
    ) ??
    withoutGrant(facts, table);
  return one ? [one] : refusing(facts, consumers);
}

/** One that no other account can use, or that the topology does not know of. */
function otherKey(facts: ProducerFacts, keyArn: string | undefined): Looked {
  const { producer, key, stack } = facts;
  const { encryption, name, account } = producer.source;
  const cause = causesIn(facts, 'key');
  const hasForeign = producer.readers.some(({ roleArn }) => parseArn(roleArn).id !== account.id);
  if (isFound(key) && key.metadata.KeyManager === 'AWS' && hasForeign) {
    return cause(
      'key-refuses',
      `the table ${name} is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts`,
      'encrypt the table with the AWS owned key or with a customer managed key',
    );
  }
  const meant = typeof encryption === 'object' ? encryption.kmsKeyArn : undefined;
  const isMeant = meant === keyArn || (meant === undefined && encryption !== 'aws-owned');
  if (keyArn === undefined || isMeant) return undefined;
  const said = meant
    ? `and with ${meant} in the topology`
    : 'which the topology does not say: the role has no right to it';
  return cause(
    'key-refuses',
    `the table ${name} is encrypted with the key ${keyArn}, ${said}`,
    producer.table.type === 'created'
      ? deploy(stack)
      : `write the key of the table as encryption of producers.${producer.name}, then ${deploy(stack)}`,
  );
}

function keyInstead({ stack, consumer: { encryption, name } }: ConsumerFacts): string {
  return typeof encryption === 'object'
    ? `write another one as encryption of consumers.${name}, then ${deploy(stack)}`
    : `create another one: ${deploy(stack)}`;
}

/** One that is gone, or switched off. */
function unusable(
  facts: ProducerFacts | ConsumerFacts,
  effect: string,
  withoutKey: string,
): Looked {
  const { key } = facts;
  const cause = causesIn(facts, 'key');
  if (key === 'absent') {
    return cause(
      'key-disabled',
      `the key does not exist any more: ${effect}`,
      `a key that was deleted cannot be brought back: ${withoutKey}`,
    );
  }
  if (!isFound(key) || key.metadata.KeyState === 'Enabled') return undefined;
  const { Arn, KeyState, DeletionDate } = key.metadata;
  const date = DeletionDate ? ` (deleted on ${time(DeletionDate)})` : '';
  return cause(
    'key-disabled',
    `the key ${Arn} is ${KeyState}${date}: ${effect}`,
    enabling(key.metadata),
  );
}

/** What makes a key usable again that is disabled, or about to be deleted. */
export function enabling({ Arn, KeyState }: KeyMetadata): string {
  const { id, region } = parseArn(String(Arn));
  const isDeleted = KeyState === 'PendingDeletion';
  const commands = [...(isDeleted ? ['cancel-key-deletion'] : []), 'enable-key'];
  const calls = commands.map((command) => `aws kms ${command} --key-id ${Arn} --region ${region}`);
  return `with credentials of ${id}: ${typed(calls.join(' && '))}`;
}

function withoutGrant(
  facts: ProducerFacts,
  { TableStatus, SSEDescription = {} }: Exclude<ProducerFacts['table'], string>,
): Looked {
  if (!/^INACCESSIBLE_ENCRYPTION_CREDENTIALS|^ARCHIV/.test(String(TableStatus))) return undefined;
  const { name, account } = facts.producer.source;
  const { KMSMasterKeyArn, InaccessibleEncryptionDateTime } = SSEDescription;
  const since = InaccessibleEncryptionDateTime
    ? ` since ${time(InaccessibleEncryptionDateTime)}`
    : '';
  return causesIn(facts, 'key')(
    'key-grant-missing',
    `the table ${name} is ${TableStatus}${since}: DynamoDB cannot use the key ${KMSMasterKeyArn}`,
    `let the key's policy allow DynamoDB again what it allowed, and look at its grants: ${typed(`aws kms list-grants --key-id ${KMSMasterKeyArn} --region ${account.region}`)}; after seven days DynamoDB archives the table`,
  );
}

/** The readers whose records the key does not decrypt. */
function refusing(facts: ProducerFacts, consumers: Facts['consumers']): Looked[] {
  const { stack, producer, key } = facts;
  if (!isFound(key) || !isFound(key.policy)) return [];
  const { metadata, policy } = key;
  const { source, readers } = producer;
  const { id, region } = source.account;
  const resource = String(metadata.Arn);
  // That a role is gone is said of its own stack.
  const gone = consumers.flatMap(({ role, stack }) => (role === 'absent' ? stack : []));
  const refused = readers.filter(({ roleArn: role, stackId }) => {
    const context = {
      'kms:viaservice': `dynamodb.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
      'kms:calleraccount': parseArn(role).id,
      'kms:encryptioncontext:aws:dynamodb:tablename': source.name,
      'kms:encryptioncontext:aws:dynamodb:subscriberid': id,
    };
    const request = { role, action: 'kms:Decrypt', resource, account: id, context };
    return !gone.includes(String(stackId)) && !lets(policy, request);
  });
  const cause = causesIn(facts, 'key');
  const by = (command: string) =>
    source.encryption === 'customer-managed'
      ? command
      : `the owner of the key adds the statements that this shows for it: ${typed('npm run review')}`;
  const deleted = namesDeleted(policy);
  if (refused.length > 0 && deleted) {
    const message = `the policy of the key ${resource} ${deleted}`;
    return [cause('role-replaced', message, by(deploy()))];
  }
  return refused.map(({ roleArn }) =>
    cause(
      'key-refuses',
      `the policy of the key ${resource} does not let ${roleArn} use kms:Decrypt through DynamoDB, so it cannot read the stream of ${source.name}`,
      by(deploy(stack)),
    ),
  );
}
