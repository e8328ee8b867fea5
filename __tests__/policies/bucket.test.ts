import { tlsOnly } from '../../policies/bucket';

test.each(['arn:aws:s3:::example-terraform-state', '${aws_s3_bucket.bucket.arn}'])(
  'nobody reaches %s or an object in it without TLS',
  (bucket) => {
    expect(tlsOnly(bucket)).toStrictEqual([
      {
        sid: 'DenyInsecureTransport',
        effect: 'Deny',
        principals: [{ type: '*', identifiers: ['*'] }],
        actions: ['s3:*'],
        resources: [bucket, `${bucket}/*`],
        condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['false'] }],
      },
    ]);
  },
);
