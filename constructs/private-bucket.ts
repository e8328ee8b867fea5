import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { tlsOnly } from '../policies/bucket';
import { policyDocument } from './terraform/policy-document';

/** A rule that is enabled, of all objects where it has no filter. */
export type LifecycleRule = Omit<S3BucketLifecycleConfigurationRule, 'status'>;

export interface PrivateBucketProps {
  readonly name: string;
  /** Customer managed key of the bucket. Default: S3's own encryption (SSE-S3). */
  readonly kmsKeyId?: string;
  /** Whether objects that are deleted or overwritten stay as versions. Default: false. */
  readonly versioned?: boolean;
  readonly lifecycleRules: LifecycleRule[];
  /** Whether Terraform refuses to destroy the bucket even when it is empty. Default: false. */
  readonly preventDestroy?: boolean;
}

/**
 * Parts of uploads that were never completed are billed and cannot be seen in a listing.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
 */
const ABORT_UPLOADS: LifecycleRule = {
  id: 'abort-uploads',
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
};

const enabled = (rule: LifecycleRule) => ({ status: 'Enabled', filter: [{}], ...rule });

/** A bucket that is encrypted, private, and reached by TLS only. S3 refuses to delete it with objects. */
export class PrivateBucket extends Construct {
  readonly resource: S3Bucket;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const { name, kmsKeyId, versioned, lifecycleRules, preventDestroy } = props;
    this.resource = new S3Bucket(this, 'resource', {
      bucket: name,
      lifecycle: preventDestroy ? { preventDestroy } : undefined,
    });
    const { bucket, arn } = this.resource;
    this.encrypt(bucket, kmsKeyId);
    new S3BucketPublicAccessBlock(this, 'public_access_block', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, 'policy', {
      bucket,
      policy: policyDocument(this, 'policy_document', tlsOnly(arn)),
    });
    const versioning = versioned ? [this.createVersioning(bucket)] : undefined;
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket,
      rule: [...lifecycleRules, ABORT_UPLOADS].map(enabled),
      dependsOn: versioning, // rules about versions need them
    });
  }

  private encrypt(bucket: string, kmsMasterKeyId: string | undefined): void {
    const sseAlgorithm = kmsMasterKeyId === undefined ? 'AES256' : 'aws:kms';
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId },
          bucketKeyEnabled: kmsMasterKeyId === undefined ? undefined : true,
        },
      ],
    });
  }

  private createVersioning(bucket: string): S3BucketVersioningA {
    const versioningConfiguration = { status: 'Enabled' };
    return new S3BucketVersioningA(this, 'versioning', { bucket, versioningConfiguration });
  }
}
