import type { Problem } from '../topology/problem';

const FAILED_BATCHES = 'batches that fail are kept in S3 without it: docs/failed-batches.md';
const CODE = 'write code: { directory: …, handler: … }, which Terraform zips';
const POLICY =
  'write producers.<name>.streamPolicy for its stream, and readTable: true in a subscription whose function reads the table';
const EXISTING_STREAM = 'write existingStream: { arn: … } instead of a table';

/** What to write for keys that AWS or Terraform have, by the keys above them but for the chosen names. */
const REMEDIES = new Map(
  Object.entries({
    'consumers.deadLetterArn': FAILED_BATCHES,
    'consumers.onFailure': FAILED_BATCHES,
    'consumers.function.deadLetterArn': FAILED_BATCHES,
    'consumers.function.deadLetterConfig': FAILED_BATCHES,
    'subscriptions.deadLetterArn': FAILED_BATCHES,
    'subscriptions.destinationConfig': FAILED_BATCHES,
    'subscriptions.onFailure': FAILED_BATCHES,
    'consumers.function.environmentVariables': 'write environment: { NAME: value }',
    'consumers.function.ephemeralStorageSize': 'write ephemeralStorage, in MB',
    'consumers.function.filename': CODE,
    'consumers.function.imageUri': CODE,
    'consumers.function.s3Bucket': CODE,
    'consumers.function.s3Key': CODE,
    'consumers.function.tags': 'write consumers.<name>.tags',
    'consumers.function.tracingConfig': 'write tracing: Active',
    'consumers.function.vpcConfig': 'write vpc: { subnetIds: …, securityGroupIds: … }',
    'consumers.role.inlinePolicies': 'write statements: [{ actions: …, resources: … }]',
    'consumers.role.tags': 'write consumers.<name>.tags',
    'producers.streamArn': EXISTING_STREAM,
    'producers.existingTable.streamArn': EXISTING_STREAM,
    'producers.resourcePolicy': POLICY,
    'producers.table.resourcePolicy': POLICY,
    'producers.table.tags': 'write producers.<name>.tags',
    'producers.table.ttl': 'write timeToLive: <attribute>',
  }),
);

export function remedyOf([section, , ...keys]: Problem['path']): string | undefined {
  return REMEDIES.get([section, ...keys].map(String).join('.'));
}

/** Whether a key shows that its whole mapping is another one: what else is wrong in that says nothing. */
export function replacesMapping(path: Problem['path']): boolean {
  return path.length > 3 && remedyOf(path) === EXISTING_STREAM;
}
