import { z } from 'zod';
import { INDEXES, POINT_IN_TIME_RECOVERY, PROJECTION, TABLE } from '../limits';
import { indexName, insteadOfAwsManagedKey, tableName } from './aws';
import { encryptionSchema, existingEncryptionSchema } from './encryption';
import { choice, flag, integer, list, object, sized } from './values';

const attributeName = sized(
  /^/,
  TABLE.attributeNameLength,
  (length) => `must be an attribute name of ${length} characters`,
);

const keyAttribute = object({
  name: attributeName.describe('Name of the key attribute.'),
  type: choice(['S', 'N', 'B']).describe('S string, N number, B binary.'),
});

const mostUnits = z.union([z.literal(-1), integer(TABLE.capacity, ', or -1')], {
  error: `must be between ${TABLE.capacity.min} and ${TABLE.capacity.max}, or -1`,
});

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html */
const onDemandThroughput = object({
  maxReadRequestUnits: mostUnits
    .optional()
    .describe('Most read request units in a second; -1: no maximum.'),
  maxWriteRequestUnits: mostUnits
    .optional()
    .describe('Most write request units in a second; -1: no maximum.'),
})
  .refine((units) => Object.keys(units).length > 0, {
    error: 'must have maxReadRequestUnits, maxWriteRequestUnits or both',
  })
  .meta({ minProperties: 1 })
  .optional();

const projectionRule = `must be ALL, KEYS_ONLY or a list of 1 to ${PROJECTION.attributes} attribute names`;
const projection = z
  .union(
    [
      choice(['ALL', 'KEYS_ONLY']),
      list(attributeName)
        .min(1, { error: projectionRule })
        .max(PROJECTION.attributes, { error: projectionRule }),
    ],
    { error: projectionRule },
  )
  .default('ALL')
  .describe('What the index holds: all attributes, the keys only, or these attributes as well.');

/** Capacity of a table or an index. */
const capacityUnits = integer(TABLE.capacity).optional();

const globalSecondaryIndex = object({
  name: indexName.describe('Name of the index.'),
  partitionKey: keyAttribute.describe('Partition key of the index.'),
  sortKey: keyAttribute.optional().describe('Sort key of the index.'),
  projection,
  readCapacity: capacityUnits.describe('Read capacity units of the index, with PROVISIONED.'),
  writeCapacity: capacityUnits.describe('Write capacity units of the index, with PROVISIONED.'),
  onDemandThroughput: onDemandThroughput.describe(
    'Maximum of the index, with PAY_PER_REQUEST; that of the table does not count for it.',
  ),
});

const localSecondaryIndex = object({
  name: indexName.describe('Name of the index.'),
  sortKey: keyAttribute.describe('Sort key of the index; the partition key is that of the table.'),
  projection,
});

const recoveryDays = POINT_IN_TIME_RECOVERY.days;
const pointInTimeRecovery = z.union(
  [flag(), object({ days: integer(recoveryDays, ' days').describe('Days.') })],
  {
    error: `must be true, false or { days: <${recoveryDays.min} to ${recoveryDays.max}> }`,
  },
);

export const table = object({
  name: tableName.describe('Name of the table.'),
  partitionKey: keyAttribute.describe('Partition key.'),
  sortKey: keyAttribute.optional().describe('Sort key.'),
  streamViewType: choice(['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'])
    .default('NEW_AND_OLD_IMAGES')
    .describe('What a stream record holds. A change makes a new stream.'),
  billingMode: choice(['PAY_PER_REQUEST', 'PROVISIONED'])
    .default('PAY_PER_REQUEST')
    .describe('On demand, or provisioned with readCapacity and writeCapacity.'),
  readCapacity: capacityUnits.describe(
    'Read capacity units, with PROVISIONED: those of a new table, and the least of one that Application Auto Scaling changes.',
  ),
  writeCapacity: capacityUnits.describe('Write capacity units, with PROVISIONED: as readCapacity.'),
  onDemandThroughput: onDemandThroughput.describe(
    'Maximum of the table, of reads, writes or both, with PAY_PER_REQUEST. Left out, Terraform leaves it as it is.',
  ),
  tableClass: choice(['STANDARD', 'STANDARD_INFREQUENT_ACCESS'])
    .optional()
    .describe(
      'Storage class; DynamoDB changes it twice in 30 days at most. Left out, Terraform leaves it as it is, which is STANDARD at first.',
    ),
  timeToLive: attributeName
    .optional()
    .describe(
      'Attribute with the time after which DynamoDB deletes an item, as a number of seconds since 1970. Such deletions are in the stream. Left out, Terraform leaves it as it is.',
    ),
  globalSecondaryIndexes: list(globalSecondaryIndex, '{ name: …, partitionKey: … }')
    .min(1, { error: 'must have at least one index; left out, Terraform changes none' })
    .max(INDEXES.global, { error: `must be at most ${INDEXES.global} indexes` })
    .optional()
    .describe(
      'All global secondary indexes of the table: Terraform deletes others. Left out, it changes none.',
    ),
  localSecondaryIndexes: list(localSecondaryIndex, '{ name: …, sortKey: … }')
    .min(1, { error: 'must have at least one index; left out, Terraform changes none' })
    .max(INDEXES.local, { error: `must be at most ${INDEXES.local} indexes` })
    .optional()
    .describe(
      'All local secondary indexes of the table, which are created with it and cannot change: a plan with others is refused.',
    ),
  pointInTimeRecovery: pointInTimeRecovery
    .default(true)
    .describe(
      'Continuous backups; days is how far back a table can be restored. true leaves the days as they are, which are 35 at first.',
    ),
  deletionProtection: flag()
    .default(true)
    .describe(
      'The table cannot be deleted, or replaced for another name: destroy and deploy fail until this is false and deployed.',
    ),
  encryption: encryptionSchema(insteadOfAwsManagedKey)
    .default('aws-owned')
    .describe('Key of the table. The AWS managed key does not work across accounts.'),
});

export const existingTable = object({
  name: tableName.describe('Name of a table that exists, with a stream.'),
  encryption: existingEncryptionSchema
    .default('aws-owned')
    .describe('Key that the table has: aws-owned or { kmsKeyArn: … }.'),
});

export type GlobalSecondaryIndex = z.output<typeof globalSecondaryIndex>;
export type LocalSecondaryIndex = z.output<typeof localSecondaryIndex>;
export type ExistingTable = z.output<typeof existingTable>;
export type Table = z.output<typeof table>;
