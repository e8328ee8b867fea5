import { DataAwsS3Bucket } from '@cdktf/provider-aws/lib/data-aws-s3-bucket';
import { Construct } from 'constructs';
import { SINK_VARIABLES } from '../../lambda-src/contract';
import { ACTIONS } from '../../policies/actions';
import { encryptObjects } from '../../policies/consumer-key';
import { ofBucketOwner } from '../../policies/resource-policies';
import { ATHENA_RESULTS } from '../../topology/names';
import type { ResolvedConsumer } from '../../topology/resolve';
import type { Lake } from '../../topology/sinks/s3';
import { createCatalog } from '../lake/catalog';
import { createPrivateBucket, type LifecycleRule } from '../private-bucket';

const RESULTS_EXPIRE_IN_DAYS = 30;

/** Days for which a change that was deleted or overwritten can be restored. */
const VERSIONS_EXPIRE_IN_DAYS = 30;

/** Where the sink `s3` writes changes, and what it takes to query them. */
export function createLake(
  stack: Construct,
  lake: Lake,
  consumer: ResolvedConsumer,
  kmsKeyArn?: string,
) {
  const scope = new Construct(stack, 'lake');
  const settings = {
    name: lake.bucket,
    kmsKeyId: kmsKeyArn,
    versioned: true,
    lifecycleRules: rules(lake),
  };
  const { bucket, arn } = lake.managed
    ? createPrivateBucket(scope, 'bucket', settings)
    : new DataAwsS3Bucket(scope, 'bucket', { bucket: lake.bucket });
  const { sources, function: lambda, account } = consumer;
  const tables = distinct([...sources.map(({ name }) => name), ...lake.formerTables]);
  const ids = sources.map((table) => table.account.id);
  const accounts = distinct([...ids, ...lake.formerAccounts]);
  // Athena finds changes by account and table: without any there is nothing to query.
  if (tables.length > 0) {
    const held = { account: accounts, table: tables };
    createCatalog(scope, lake, bucket, held, { workgroup: lambda.name, kmsKeyArn });
  }
  const grant = {
    sid: 'WriteChanges',
    actions: ACTIONS.writeObject,
    resources: [`${arn}/${lake.prefix}*`],
    condition: [ofBucketOwner(account.id)],
  };
  const encrypt =
    kmsKeyArn !== undefined && lake.managed
      ? [encryptObjects(account, kmsKeyArn, lake.bucket)]
      : [];
  return { grants: [grant, ...encrypt], references: { [SINK_VARIABLES.s3.bucket]: bucket } };
}

function rules({ prefix, expirationInDays, transitionToStandardIaInDays }: Lake): LifecycleRule[] {
  const ofChanges = {
    transition: transitionToStandardIaInDays
      ? [{ days: transitionToStandardIaInDays, storageClass: 'STANDARD_IA' }]
      : undefined,
    expiration: expirationInDays ? [{ days: expirationInDays }] : undefined,
  };
  return [
    // S3 takes no rule that does nothing.
    ...(ofChanges.transition || ofChanges.expiration
      ? [{ id: 'changes', filter: [{ prefix }], ...ofChanges }]
      : []),
    {
      id: 'athena-results',
      filter: [{ prefix: ATHENA_RESULTS }],
      expiration: [{ days: RESULTS_EXPIRE_IN_DAYS }],
    },
    {
      id: 'versions',
      noncurrentVersionExpiration: [{ noncurrentDays: VERSIONS_EXPIRE_IN_DAYS }],
      // Without it, what expires would stay as a version for good.
      expiration: [{ expiredObjectDeleteMarker: true }],
    },
  ];
}

const distinct = (values: readonly string[]) => [...new Set(values)];
