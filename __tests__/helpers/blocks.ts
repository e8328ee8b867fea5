import { ARCHIVE_PROVIDER, AWS_PROVIDER, type StackJson } from './synth-app';

type Blocks = Pick<Required<StackJson>, 'resource' | 'data'>;

/** What every stack has, whatever it holds: its state, and providers, of which that of AWS is locked to its account. */
export function accountBlocks(id: string, alias: 'consumer' | 'producer', account: string) {
  const zips = id.startsWith('consumer-');
  return {
    terraform: {
      backend: {
        s3: {
          bucket: 'example-terraform-state',
          key: `orders/${id}.tfstate`,
          region: 'us-east-1',
          encrypt: true,
          use_lockfile: true,
        },
      },
      required_providers: { ...(zips && { archive: ARCHIVE_PROVIDER }), aws: AWS_PROVIDER },
      required_version: '>= 1.10.0',
    },
    provider: {
      ...(zips && { archive: [{}] }),
      aws: [
        {
          alias,
          region: 'us-east-1',
          allowed_account_ids: [account],
          default_tags: [{ tags: { Topology: 'orders' } }],
        },
      ],
    },
  };
}

export const ABORT_UPLOADS = {
  id: 'abort-uploads',
  status: 'Enabled',
  filter: [{}],
  abort_incomplete_multipart_upload: [{ days_after_initiation: 1 }],
};

/** The blocks of a bucket that is encrypted, private and reached by TLS only. */
export function privateBucket(
  id: string,
  name: string,
  rule: readonly object[],
  { versioned = false, provider = 'aws.consumer' } = {},
): Blocks {
  const bucket = `\${aws_s3_bucket.${id}.bucket}`;
  const arn = `\${aws_s3_bucket.${id}.arn}`;
  return {
    resource: {
      aws_s3_bucket: { [id]: { provider, bucket: name } },
      aws_s3_bucket_server_side_encryption_configuration: {
        [`${id}_encryption`]: {
          provider,
          bucket,
          rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
        },
      },
      aws_s3_bucket_public_access_block: {
        [`${id}_public_access_block`]: {
          provider,
          bucket,
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        },
      },
      aws_s3_bucket_policy: {
        [`${id}_policy`]: {
          provider,
          bucket,
          policy: `\${data.aws_iam_policy_document.${id}_policy_document.json}`,
        },
      },
      aws_s3_bucket_lifecycle_configuration: {
        [`${id}_lifecycle`]: {
          provider,
          bucket,
          rule: [...rule, ABORT_UPLOADS],
          ...(versioned ? { depends_on: [`aws_s3_bucket_versioning.${id}_versioning`] } : {}),
        },
      },
      ...(versioned
        ? {
            aws_s3_bucket_versioning: {
              [`${id}_versioning`]: {
                provider,
                bucket,
                versioning_configuration: { status: 'Enabled' },
              },
            },
          }
        : {}),
    },
    data: {
      aws_iam_policy_document: {
        [`${id}_policy_document`]: {
          provider,
          statement: [
            {
              sid: 'DenyInsecureTransport',
              effect: 'Deny',
              principals: [{ type: '*', identifiers: ['*'] }],
              actions: ['s3:*'],
              resources: [arn, `${arn}/*`],
              condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
            },
          ],
        },
      },
    },
  };
}

/** An alarm on a metric of Lambda that is sent to a topic. */
export function alarm(topicArn: string, settings: object): object {
  return {
    provider: 'aws.consumer',
    namespace: 'AWS/Lambda',
    statistic: 'Sum',
    period: 300,
    evaluation_periods: 1,
    comparison_operator: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    treat_missing_data: 'notBreaching',
    alarm_actions: [topicArn],
    ...settings,
  };
}
