import { condition, type Statement } from './statement';

/**
 * Nobody reaches the bucket without TLS.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
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
