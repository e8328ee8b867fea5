import { bucketName, region, roleArn } from './aws';
import { flag, object, text } from './values';

export const stateSchema = object({
  bucket: bucketName.describe('S3 bucket of the Terraform state of every stack.'),
  region: region.describe('Region of the bucket.'),
  keyPrefix: text(
    /^[\w!.*'()-]+(\/[\w!.*'()-]+)*$/,
    'must be an object key prefix without a slash at either end, such as team/orders',
  )
    .optional()
    .describe(
      'The state of a stack is at <keyPrefix>/<stack id>.tfstate. Default: the name of the topology.',
    ),
  roleArn: roleArn.optional().describe('Role assumed to read and write the state.'),
  kmsKeyId: text(/^[\w:/-]+$/, 'must be the ID or ARN of a KMS key')
    .optional()
    .describe('KMS key the state is encrypted with. Default: the encryption of the bucket.'),
  usePathStyle: flag().default(false).describe('Path-style addresses, for S3-compatible stores.'),
  manage: flag().default(false).describe('Adds a stack, state-bucket, that creates the bucket.'),
});
