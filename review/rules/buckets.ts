import type { Rule } from './rule';

/** What every bucket must have, with the attributes that make it hold. */
const GUARDS = {
  aws_s3_bucket_public_access_block: [
    'block_public_acls',
    'block_public_policy',
    'ignore_public_acls',
    'restrict_public_buckets',
  ],
  aws_s3_bucket_server_side_encryption_configuration: [
    'rule.0.apply_server_side_encryption_by_default.0.sse_algorithm',
  ],
  aws_s3_bucket_policy: ['policy'],
};

/** Every bucket is private, encrypted, and has a policy. Which values these have is for other rules. */
export const buckets: Rule = ({ stacks }) =>
  stacks.resources('aws_s3_bucket').flatMap((bucket) =>
    Object.entries(GUARDS)
      .filter(([type, attributes]) =>
        stacks
          .resources(type)
          .filter(({ stack }) => stack === bucket.stack)
          .filter((guard) => guard.text('bucket') === bucket.text('bucket'))
          .every((guard) => attributes.some((name) => guard.optional(name) === undefined)),
      )
      .map(([type]) => ({ place: bucket.place, message: `has no complete ${type}; add it` })),
  );
