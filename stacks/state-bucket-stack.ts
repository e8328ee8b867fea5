import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { LocalBackend } from 'cdktf';
import type { Construct } from 'constructs';
import { policyDocument } from '../constructs/policy-document';
import { tlsOnly } from '../policies/state-bucket';
import type { ResolvedTopology, State } from '../topology/resolve';
import { STATE_BUCKET_STACK_ID } from '../topology/stack-ids';
import { AccountStack } from './account-stack';

/** Days for which an overwritten state can be brought back. */
const NONCURRENT_DAYS = 90;

/**
 * The bucket of all other stacks' state. Its own state is a file beside `cdktf.json`, to be kept: the
 * bucket cannot hold the state it is made from.
 */
export class StateBucketStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology) {
    const { bucket: name, region, roleArn, kmsKeyId } = topology.state;
    super(scope, STATE_BUCKET_STACK_ID, {
      topology,
      account: {
        id: roleArn?.split(':')[4],
        region,
        deployRole: roleArn ? { arn: roleArn } : undefined,
      },
      alias: 'state',
    });
    const { provider } = this;

    const { bucket, arn } = new S3Bucket(this, 'bucket', {
      provider,
      bucket: name,
      lifecycle: { preventDestroy: true },
    });
    new S3BucketVersioningA(this, 'versioning', {
      provider,
      bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      provider,
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: kmsKeyId === undefined ? 'AES256' : 'aws:kms',
            kmsMasterKeyId: kmsKeyId,
          },
          bucketKeyEnabled: kmsKeyId === undefined ? undefined : true,
        },
      ],
    });
    new S3BucketPublicAccessBlock(this, 'public_access_block', {
      provider,
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, 'policy', {
      provider,
      bucket,
      policy: policyDocument(this, 'policy_document', tlsOnly(arn), provider),
    });
    new S3BucketLifecycleConfiguration(this, 'expiry', {
      provider,
      bucket,
      rule: [
        {
          id: 'expire-noncurrent',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
        },
      ],
    });

    this.output('bucket_name', bucket, 'Name of the state bucket');
  }

  protected override createBackend({ keyPrefix }: State): void {
    // Relative to cdktf.out/stacks/state-bucket and to hcl.out/stacks/state-bucket alike.
    new LocalBackend(this, {
      path: `../../../${keyPrefix.replaceAll('/', '-')}.state-bucket.tfstate`,
    });
  }
}
