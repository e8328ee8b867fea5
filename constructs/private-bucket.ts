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
import { tlsOnly } from '../policies/resource-policies';
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

const ENABLED = { status: 'Enabled' };

/** A bucket that is encrypted, private, and reached by TLS only. S3 refuses to delete it with objects. */
export function createPrivateBucket(parent: Construct, id: string, props: PrivateBucketProps) {
  const scope = new Construct(parent, id);
  const { name, kmsKeyId, versioned, lifecycleRules, preventDestroy } = props;
  const lifecycle = preventDestroy ? { preventDestroy } : undefined;
  const resource = new S3Bucket(scope, 'resource', { bucket: name, lifecycle });
  const { bucket, arn } = resource;
  const algorithm = { sseAlgorithm: kmsKeyId ? 'aws:kms' : 'AES256', kmsMasterKeyId: kmsKeyId };
  const encryption = {
    applyServerSideEncryptionByDefault: algorithm,
    bucketKeyEnabled: kmsKeyId ? true : undefined,
  };
  new S3BucketServerSideEncryptionConfigurationA(scope, 'encryption', {
    bucket,
    rule: [encryption],
  });
  new S3BucketPublicAccessBlock(scope, 'public_access_block', {
    bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const policy = policyDocument(scope, 'policy_document', tlsOnly(arn));
  new S3BucketPolicy(scope, 'policy', { bucket, policy });
  const versioning = { bucket, versioningConfiguration: ENABLED };
  new S3BucketLifecycleConfiguration(scope, 'lifecycle', {
    bucket,
    rule: [...lifecycleRules, ABORT_UPLOADS].map((rule) => ({ ...ENABLED, filter: [{}], ...rule })),
    dependsOn: versioned ? [new S3BucketVersioningA(scope, 'versioning', versioning)] : undefined,
  });
  return resource;
}
