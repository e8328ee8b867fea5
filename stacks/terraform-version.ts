/** The first version of Terraform (and OpenTofu) whose S3 backend locks without a DynamoDB table. */
export const REQUIRED_VERSION = '>= 1.10.0';
