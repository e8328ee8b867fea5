import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInside, relative } from '../../topology/paths';
import { type Answer, AwsError, type AwsRequest } from './aws-error';

/** A call as policies see it. */
export interface S3Call {
  readonly functionArn: string;
  readonly action: 's3:PutObject' | 's3:GetObject' | 's3:DeleteObject';
  readonly bucket: string;
  readonly key: string;
  /** ID of the account in which the caller expects the bucket. */
  readonly bucketOwner?: string;
}

const ACTIONS: Readonly<Record<string, S3Call['action']>> = {
  PUT: 's3:PutObject',
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  DELETE: 's3:DeleteObject',
};

/** Folders next to those of the buckets. */
const TAKEN = ['tables', 'scene'];

/** They change what a call does: parts of objects, conditions. */
const NOT_PLAYED = ['x-amz-copy-source', 'range', 'if-match', 'if-none-match'];

/**
 * Answers a call of one object, which is a file of a folder. Every bucket exists; metadata and checksums are not kept.
 *
 * @returns also the file that was written, from the folder, with slashes
 * @throws AwsError if the call is refused, or is another one
 */
export function answerS3(
  request: AwsRequest,
  folder: string,
  refusal: (call: S3Call) => string | undefined,
): Answer & { readonly wrote?: string } {
  const call = callOf(request);
  const refused = refusal(call);
  if (refused !== undefined) throw new AwsError(refused, 'AccessDenied', 403);
  const file = fileOf(call, folder);
  if (request.method === 'PUT') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, request.body);
    return { status: 200, wrote: relative(folder, file) };
  }
  if (request.method === 'DELETE') {
    rmSync(file, { force: true });
    return { status: 204 };
  }
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new AwsError('The specified key does not exist.', 'NoSuchKey', 404);
  }
  const body = readFileSync(file);
  return { status: 200, headers: { 'content-length': `${body.length}` }, body };
}

/** The bucket is in the name of the host, or in the path. */
function callOf({ method, url, headers, functionArn }: AwsRequest): S3Call {
  const [, ofHost] = /^(.+)\.localhost(:\d+)?$/.exec(headers.host ?? '') ?? [];
  const [place = '', query = ''] = `${ofHost ? `/${ofHost}` : ''}${url}`.split('?');
  const action = ACTIONS[method];
  const [, bucket, encoded] = /^\/([a-z0-9][\w.-]+)\/(.+)$/.exec(place) ?? [];
  const isOther =
    [...new URLSearchParams(query).keys()].some((name) => name !== 'x-id') ||
    NOT_PLAYED.some((name) => name in headers) ||
    headers['content-encoding']?.includes('aws-chunked');
  if (!action || bucket === undefined || encoded === undefined || isOther) {
    throw new AwsError(
      `npm run local plays PutObject, GetObject, HeadObject and DeleteObject of S3, with whole objects, no streams and no conditions, got ${method} ${place}${query && `?${query}`}; for all of it set AWS_ENDPOINT_URL_S3 to one that runs on this machine, such as http://127.0.0.1:9000`,
    );
  }
  const bucketOwner = headers['x-amz-expected-bucket-owner'];
  return {
    functionArn,
    action,
    bucket,
    key: decodeURIComponent(encoded),
    ...(bucketOwner !== undefined && { bucketOwner: String(bucketOwner) }),
  };
}

/** S3 has keys that are no path of a file, or that of another key's. */
function fileOf({ bucket, key }: S3Call, folder: string): string {
  if (TAKEN.includes(bucket)) {
    throw new AwsError(
      `npm run local keeps files of its own in a folder named ${bucket}; name the bucket otherwise`,
    );
  }
  const root = path.resolve(folder, bucket);
  const file = path.resolve(root, key);
  if (!isInside(file, root) || relative(root, file) !== key) {
    throw new AwsError(
      `npm run local writes objects to files, so a key must be the path of one: without empty parts, . and .., got ${key}`,
    );
  }
  for (let place = file; isInside(place, root); place = path.dirname(place)) {
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new AwsError(`npm run local follows no link in the folder of a bucket, got ${place}`);
    }
  }
  return file;
}
