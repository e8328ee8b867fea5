import { build, parse } from '@aws-sdk/util-arn-parser';

export interface Place {
  /** Partition of the account's Region, such as `aws`. */
  readonly partition: string;
  readonly region: string;
  /** AWS account ID. */
  readonly id: string;
}

export interface TableName {
  readonly account: Place;
  readonly name: string;
}

function arn(service: string, { partition, region, id }: Place, resource: string): string {
  return build({ partition, service, region, accountId: id, resource });
}

const iam = (account: Place, resource: string) => arn('iam', { ...account, region: '' }, resource);

const table = ({ account, name }: TableName) => arn('dynamodb', account, `table/${name}`);

/** ARNs that follow from an account and a name, and so are known before the resource exists. */
export const arns = {
  role: (account: Place, { path, name }: { path: string; name: string }) =>
    iam(account, `role${path}${name}`),

  /** Everyone in the account whom its own policies allow. */
  root: (account: Place) => iam(account, 'root'),

  function: (account: Place, name: string) => arn('lambda', account, `function:${name}`),

  bucket: ({ partition }: Place, name: string) =>
    arn('s3', { partition, region: '', id: '' }, name),

  topic: (account: Place, name: string) => arn('sns', account, name),

  logGroup: (account: Place, name: string) => arn('logs', account, `log-group:${name}`),

  /** Any key of the account. */
  keys: (account: Place) => arn('kms', account, 'key/*'),

  table,

  /** A table, and all its indexes. */
  tableAndIndexes: (name: TableName) => [table(name), `${table(name)}/index/*`],

  /** What the ARN of every stream of a table begins with. Its label, a time, follows. */
  streams: (name: TableName) => `${table(name)}/stream/`,
};

/** Where the resource of an ARN is, and what follows that in it. */
export function parseArn(arn: string): Place & { readonly resource: string } {
  const { partition, region, accountId, resource } = parse(arn);
  return { partition, region, id: accountId, resource };
}

/** The name of a role, with which its ARN ends. */
export function roleName(arn: string): string {
  return arn.split('/').at(-1) ?? '';
}

/** The table of a stream. */
export function tableOfStream(streamArn: string): TableName {
  const { resource, ...account } = parseArn(streamArn);
  return { account, name: resource.split('/')[1] ?? '' };
}

/**
 * The domain of the services of a partition, with which the names of some of them end.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 */
export function dnsSuffixOf(partition: string): string {
  if (partition === 'aws-cn') return 'amazonaws.com.cn';
  return partition === 'aws-eusc' ? 'amazonaws.eu' : 'amazonaws.com';
}

/**
 * The partition a Region belongs to, which is the second part of every ARN there.
 *
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  if (region.startsWith('us-isob-')) return 'aws-iso-b';
  if (region.startsWith('us-isof-')) return 'aws-iso-f';
  if (region.startsWith('eu-isoe-')) return 'aws-iso-e';
  if (region.startsWith('us-iso-')) return 'aws-iso';
  return 'aws';
}
