import { type Condition, condition, type Statement } from './statement';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
export function tlsOnly(bucketArn: string): Statement[] {
  return [
    {
      sid: 'DenyInsecureTransport',
      effect: 'Deny',
      principals: [{ type: '*', identifiers: ['*'] }],
      actions: ['s3:*'],
      resources: [bucketArn, `${bucketArn}/*`],
      condition: [condition('Bool', 'aws:SecureTransport', 'false')],
    },
  ];
}

/** Whoever deletes a bucket leaves its name to others. */
export function ofBucketOwner(account: string): Condition {
  return condition('StringEquals', 's3:ResourceAccount', account);
}
