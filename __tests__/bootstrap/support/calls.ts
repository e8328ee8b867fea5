import { readFileSync } from 'node:fs';
import { arns, type Place } from '../../../topology/arns';

/** A call that Terraform or doctor made, as the emulator recorded it, and what IAM asks for it. */
export interface Call {
  readonly account: string;
  readonly role: string;
  readonly action: string;
  readonly resource: string;
}

/** Of S3 and CloudWatch, whose actions are not named like the calls of their APIs. */
const ACTIONS: Readonly<Record<string, string>> = {
  's3:DeleteBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:DeleteBucketLifecycle': 's3:PutLifecycleConfiguration',
  's3:DeleteBucketTagging': 's3:PutBucketTagging',
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:GetBucketAccelerateConfiguration': 's3:GetAccelerateConfiguration',
  's3:GetBucketCors': 's3:GetBucketCORS',
  's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 's3:GetLifecycleConfiguration',
  's3:GetBucketReplication': 's3:GetReplicationConfiguration',
  's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration',
  's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock',
  's3:HeadBucket': 's3:ListBucket',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjectsV2': 's3:ListBucket',
  's3:PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3:PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/** Takes no permission. */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity';

/** An ID or a time that differs at each run, as the recording writes it. */
const LABEL = /…/g;

export function recordedCalls(): Call[] {
  const lines = readFileSync('bootstrap/recorded-calls.txt', 'utf8').trim().split('\n');
  const calls = lines.filter((line) => !line.includes(ALWAYS_ALLOWED)).map(parse);
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

function parse(line: string): Call {
  const [account = '', role = '', call = '', ...names] = line.replaceAll(LABEL, 'a').split(' ');
  const named = call.replace(/^monitoring:/, 'cloudwatch:');
  const action = ACTIONS[named] ?? named;
  const parameters = Object.fromEntries(names.map((name) => splitAt(name, name.indexOf('='))));
  return { account, role, action, resource: resourceOf(action, parameters, account) };
}

const splitAt = (text: string, index: number) => [text.slice(0, index), text.slice(index + 1)];

/** The resource that IAM asks about: see the Service Authorization Reference. */
function resourceOf(action: string, parameters: Record<string, string>, id: string): string {
  const account: Place = { id, region: 'us-east-1', partition: 'aws' };
  const [service = ''] = action.split(':');
  if (WITHOUT_RESOURCE.has(action)) return '*';
  if (service === 's3') {
    const { Bucket, Key } = parameters;
    return `arn:aws:s3:::${[Bucket, Key].filter(Boolean).join('/')}`;
  }
  const { SubscriptionArn } = parameters;
  if (SubscriptionArn) return SubscriptionArn.slice(0, SubscriptionArn.lastIndexOf(':'));
  // Named by an ID alone, which is of a query in this workgroup.
  if (/NamedQuery$/.test(action)) return `arn:aws:athena:us-east-1:${id}:workgroup/WriteChangeLake`;
  for (const [name, arn] of RESOURCES[service] ?? []) {
    const value = parameters[name];
    if (value !== undefined) return value.startsWith('arn:') ? value : arn(account, value);
  }
  throw new Error(`${action} ${JSON.stringify(parameters)}: of which resource?`);
}

const WITHOUT_RESOURCE = new Set([
  'cloudwatch:GetMetricData',
  'kms:CreateKey',
  'kms:ListAliases',
  'lambda:CreateEventSourceMapping',
  'logs:DescribeLogGroups',
]);

type Arn = (account: Place, name: string) => string;

const regional =
  (service: string, prefix: string): Arn =>
  ({ partition, region, id }, name) =>
    `arn:${partition}:${service}:${region}:${id}:${prefix}${name}`;
const iam =
  (prefix: string): Arn =>
  ({ partition, id }, name) =>
    `arn:${partition}:iam::${id}:${prefix}${name}`;

/** By service: the parameters that name a resource, the most telling first. */
const RESOURCES: Readonly<Record<string, readonly (readonly [string, Arn])[]>> = {
  athena: [
    ['WorkGroup', regional('athena', 'workgroup/')],
    ['ResourceARN', regional('athena', 'workgroup/')],
    ['Name', regional('athena', 'workgroup/')],
  ],
  cloudwatch: [
    ['AlarmName', regional('cloudwatch', 'alarm:')],
    ['AlarmNames.member.1', regional('cloudwatch', 'alarm:')],
    ['AlarmNamePrefix', (account) => regional('cloudwatch', 'alarm:')(account, '*')],
    ['ResourceARN', regional('cloudwatch', 'alarm:')],
    ['DashboardName', ({ id }, name) => `arn:aws:cloudwatch::${id}:dashboard/${name}`],
    ['DashboardNames.member.1', ({ id }, name) => `arn:aws:cloudwatch::${id}:dashboard/${name}`],
  ],
  dynamodb: [
    ['TableName', (account, name) => arns.table({ account, name })],
    ['ResourceArn', regional('dynamodb', '')],
  ],
  glue: [
    ['DatabaseName', regional('glue', 'database/')],
    ['Name', regional('glue', 'database/')],
    ['ResourceArn', regional('glue', '')],
  ],
  iam: [
    ['RoleName', iam('role/')],
    ['PolicyArn', iam('policy/')],
    ['PolicyName', iam('policy/')],
  ],
  kms: [
    ['AliasName', regional('kms', '')],
    ['KeyId', regional('kms', 'key/')],
  ],
  lambda: [
    ['FunctionName', arns.function],
    ['UUID', regional('lambda', 'event-source-mapping:')],
    ['Resource', regional('lambda', '')],
  ],
  logs: [
    ['logGroupName', arns.logGroup],
    ['resourceArn', regional('logs', '')],
  ],
  sns: [
    ['TopicArn', arns.topic],
    ['ResourceArn', arns.topic],
    ['Name', arns.topic],
  ],
};
