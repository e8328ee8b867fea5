import { DataAwsS3Bucket } from '@cdktf/provider-aws/lib/data-aws-s3-bucket';
import type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { Construct } from 'constructs';
import { SINK_VARIABLES } from '../../lambda-src/contract';
import { ACTIONS } from '../../policies/actions';
import { ofBucketOwner } from '../../policies/bucket';
import { ATHENA_RESULTS } from '../../topology/names';
import type { ResolvedConsumer } from '../../topology/resolve';
import type { Lake } from '../../topology/sinks/s3';
import { LakeCatalog } from '../lake/catalog';
import { LakeQueries } from '../lake/queries';
import { type LifecycleRule, PrivateBucket } from '../private-bucket';
import type { SinkResources } from './sink';

const RESULTS_EXPIRE_IN_DAYS = 30;

/** Days for which a change that was deleted or overwritten can be restored. */
const VERSIONS_EXPIRE_IN_DAYS = 30;

/** Where the sink `s3` writes changes, and what it takes to query them. */
export class ChangeLake extends Construct implements SinkResources {
  readonly grants: SinkResources['grants'];
  readonly references: SinkResources['references'];

  constructor(scope: Construct, id: string, lake: Lake, consumer: ResolvedConsumer) {
    super(scope, id);
    const { bucket, arn } = this.bucket(lake);
    this.createCatalog(bucket, lake, consumer);
    this.references = { [SINK_VARIABLES.s3.bucket]: bucket };
    this.grants = [
      {
        sid: 'WriteChanges',
        actions: ACTIONS.writeObject,
        resources: [`${arn}/${lake.prefix}*`],
        condition: [ofBucketOwner(consumer.account.id)],
      },
    ];
  }

  private createCatalog(bucket: string, lake: Lake, consumer: ResolvedConsumer): void {
    const { sources, function: lambda } = consumer;
    const accounts = distinct([
      ...sources.map(({ account }) => account.id),
      ...lake.formerAccounts,
    ]);
    const tables = distinct([...sources.map(({ name }) => name), ...lake.formerTables]);
    // Athena finds changes by account and table: without any there is nothing to query.
    if (tables.length === 0) return;
    const { database } = new LakeCatalog(this, 'catalog', { lake, bucket, accounts, tables });
    new LakeQueries(this, 'queries', { lake, bucket, database, workgroup: lambda.name });
  }

  private bucket(lake: Lake): S3Bucket | DataAwsS3Bucket {
    if (!lake.managed) return new DataAwsS3Bucket(this, 'bucket', { bucket: lake.bucket });
    const settings = { name: lake.bucket, versioned: true, lifecycleRules: lifecycleRules(lake) };
    return new PrivateBucket(this, 'bucket', settings).resource;
  }
}

function lifecycleRules(lake: Lake): LifecycleRule[] {
  const { expirationInDays, transitionToStandardIaInDays } = lake;
  const ofChanges = {
    transition: transitionToStandardIaInDays
      ? [{ days: transitionToStandardIaInDays, storageClass: 'STANDARD_IA' }]
      : undefined,
    expiration: expirationInDays ? [{ days: expirationInDays }] : undefined,
  };
  return [
    // S3 takes no rule that does nothing.
    ...(ofChanges.transition || ofChanges.expiration
      ? [{ id: 'changes', filter: [{ prefix: lake.prefix }], ...ofChanges }]
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
