import { parseArn } from '../../../topology/arns';
import type { Cause } from '../cause';
import type { ConsumerFacts, Facts, ProducerFacts } from '../facts';
import { deletedPrincipals, lets } from '../policy';
import type { Key } from '../read/key';
import { isFound } from '../read/reader';
import { deploy } from '../remedies';

/** Keys that cannot be used, or that refuse the readers of a stream. */
export function keys({ producers, consumers }: Facts): Cause[] {
  return [
    ...producers.flatMap((producer) => ofTable(producer, consumers)),
    ...consumers.flatMap(ofConsumer),
  ];
}

function ofTable(facts: ProducerFacts, consumers: Facts['consumers']): Cause[] {
  const { account, producer, table, key } = facts;
  const { stackId: stack, source, readers } = producer;
  const place = { account, stack, part: 'key' };
  if (!isFound(table)) return [];
  const hasForeign = readers.some(({ roleArn }) => parseArn(roleArn).id !== source.account.id);
  if (isFound(key) && key.metadata.KeyManager === 'AWS' && hasForeign) {
    return [
      {
        ...place,
        cause: 'key-refuses',
        message: `the table ${source.name} is encrypted with the AWS managed key (alias/aws/dynamodb), which does not work across accounts`,
        remedy: 'encrypt the table with the AWS owned key or with a customer managed key',
      },
    ];
  }
  const { SSEDescription, TableStatus } = table;
  const keyArn = SSEDescription?.KMSMasterKeyArn;
  const other = otherKey(facts, keyArn);
  if (other) return [{ ...place, cause: 'key-refuses', ...other }];
  const disabled = unusable(place, key, `what ${source.name} and its stream hold cannot be read`);
  if (disabled) return [disabled];
  if (/^INACCESSIBLE_ENCRYPTION_CREDENTIALS|^ARCHIV/.test(TableStatus ?? '')) {
    return [
      {
        ...place,
        cause: 'key-grant-missing',
        message: `the table ${source.name} is ${TableStatus} since ${SSEDescription?.InaccessibleEncryptionDateTime?.toISOString()}: DynamoDB cannot use the key ${keyArn}`,
        remedy: `let the key's policy allow DynamoDB again what it allowed, and look at its grants: aws kms list-grants --key-id ${keyArn} --region ${source.account.region}; after seven days DynamoDB archives the table`,
      },
    ];
  }
  return isFound(key) ? refusing(facts, key, consumers) : [];
}

/** A key that the topology does not know of, or none where it says that there is one. */
function otherKey({ producer }: ProducerFacts, keyArn: string | undefined) {
  const { encryption, name } = producer.source;
  const isOurs = producer.table.type === 'created';
  const remedy = isOurs
    ? deploy(producer.stackId)
    : `write the key of the table as encryption of producers.${producer.name}, then ${deploy(producer.stackId)}`;
  if (encryption === 'aws-owned') {
    if (keyArn === undefined) return undefined;
    return {
      message: `the table ${name} is encrypted with the key ${keyArn}, which the topology does not say: the role has no right to it`,
      remedy,
    };
  }
  if (keyArn === undefined) return undefined;
  const meant = typeof encryption === 'string' ? undefined : encryption.kmsKeyArn;
  if (meant === undefined || meant === keyArn) return undefined;
  return {
    message: `the table ${name} is encrypted with the key ${keyArn}, and with ${meant} in the topology`,
    remedy,
  };
}

function unusable(
  place: Pick<Cause, 'account' | 'stack' | 'part'>,
  key: ProducerFacts['key'],
  effect: string,
): Cause | undefined {
  if (key === 'absent') {
    const message = `the key does not exist any more: ${effect}`;
    const remedy = 'a key that was deleted cannot be brought back: restore a backup of the table';
    return { ...place, cause: 'key-disabled', message, remedy };
  }
  if (!isFound(key) || key.metadata.KeyState === 'Enabled') return undefined;
  const { Arn, KeyState, DeletionDate } = key.metadata;
  const date = DeletionDate ? ` (deleted on ${DeletionDate.toISOString()})` : '';
  const { id, region } = parseArn(String(Arn));
  const of = `--key-id ${Arn} --region ${region}`;
  const enable = `aws kms enable-key ${of}`;
  const cancel = `aws kms cancel-key-deletion ${of}`;
  return {
    ...place,
    cause: 'key-disabled',
    message: `the key ${Arn} is ${KeyState}${date}: ${effect}`,
    remedy: `${KeyState === 'PendingDeletion' ? `${cancel} && ${enable}` : enable}, with credentials of ${id}`,
  };
}

/** The readers whose records the key does not decrypt. */
function refusing(
  { account, producer }: ProducerFacts,
  { metadata, policy }: Key,
  consumers: Facts['consumers'],
): Cause[] {
  const { stackId: stack, source, readers } = producer;
  const { id, region } = source.account;
  if (!isFound(policy)) return [];
  // That a role is gone is said of its own stack.
  const gone = consumers.flatMap(({ consumer, role }) =>
    role === 'absent' ? consumer.stackId : [],
  );
  const present = readers.filter((reader) => !gone.includes(String(reader.stackId)));
  const refused = present.filter(({ roleArn: role }) => {
    const context = {
      'kms:viaservice': `dynamodb.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
      'kms:calleraccount': parseArn(role).id,
      'kms:encryptioncontext:aws:dynamodb:tablename': source.name,
      'kms:encryptioncontext:aws:dynamodb:subscriberid': id,
    };
    const resource = String(metadata.Arn);
    return !lets(policy, { role, action: 'kms:Decrypt', resource, account: id, context });
  });
  const place = { account, stack, part: 'key' };
  const isOurs = source.encryption === 'customer-managed';
  const byOwner = 'the owner of the key adds the statements that npm run review shows for it';
  const deleted = deletedPrincipals(policy);
  if (refused.length > 0 && deleted.length > 0) {
    const message = `the policy of the key ${metadata.Arn} names ${deleted.join(', ')}: the role that it named was deleted, and one of the same name is another one`;
    return [
      { ...place, cause: 'role-replaced', message, remedy: isOurs ? 'npm run deploy' : byOwner },
    ];
  }
  return refused.map(({ roleArn }): Cause => {
    const message = `the policy of the key ${metadata.Arn} does not let ${roleArn} use kms:Decrypt through DynamoDB, so it cannot read the stream of ${source.name}`;
    return { ...place, cause: 'key-refuses', message, remedy: isOurs ? deploy(stack) : byOwner };
  });
}

function ofConsumer({ account, consumer, key }: ConsumerFacts): Cause[] {
  const place = { account, stack: consumer.stackId, part: 'key' };
  const effect = 'the variables of the function, its log and failed batches cannot be used';
  const cause = unusable(place, key, effect);
  return cause ? [cause] : [];
}
