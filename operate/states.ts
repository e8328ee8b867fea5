import path from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ResolvedTopology } from '../topology/resolve';
import { credentialsOf, s3Client } from './redrive/aws';

const STATE = '.tfstate';

/**
 * The ids of stacks that have a state under the key prefix, perhaps an empty one, and those of them that the topology
 * lacks and that have resources.
 *
 * @param ids of the stacks that the topology has
 */
export async function readStates({ state }: ResolvedTopology, ids: ReadonlySet<string>) {
  const { bucket: Bucket, region, keyPrefix, roleArn, usePathStyle } = state;
  const credentials = credentialsOf(region, roleArn === undefined ? undefined : { arn: roleArn });
  const s3 = s3Client(region, credentials, usePathStyle);
  const found: string[] = [];
  // Without the delimiter those of a longer key prefix would be among them.
  const list = { Bucket, Prefix: `${keyPrefix}/`, Delimiter: '/' };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, list)) {
    const states = Contents.map(({ Key = '' }) => Key).filter((key) => key.endsWith(STATE));
    found.push(...states.map((key) => path.basename(key, STATE)));
  }
  const removed: string[] = [];
  for (const id of found.filter((id) => !ids.has(id))) {
    // Terraform leaves an empty state of what it has destroyed.
    if (await hasResources(s3, Bucket, `${list.Prefix}${id}${STATE}`)) removed.push(id);
  }
  return { found, removed };
}

async function hasResources(s3: S3Client, Bucket: string, Key: string): Promise<boolean> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const { resources = [] } = JSON.parse((await Body?.transformToString()) ?? '{}');
  return resources.some(({ mode }: { mode: string }) => mode === 'managed');
}
