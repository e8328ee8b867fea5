/**
 * Versions of Terraform and OpenTofu that the stacks take: since 1.10.0 the S3 backend locks a state by an object in
 * its bucket, and needs no DynamoDB table for it.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
 * @see https://opentofu.org/docs/language/settings/backends/s3/
 */
export const REQUIRED_VERSION = '>= 1.10.0';
