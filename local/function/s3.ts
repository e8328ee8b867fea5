import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInside, relative } from '../../topology/paths';
import { decodeChunked } from './aws-chunked';
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
  if (refused !== undefined) throw new AwsError(403, 'AccessDenied', refused);
  const file = fileOf(call, folder);
  const isThere = existsSync(file) && statSync(file).isFile();
  if (request.method === 'PUT') {
    const etag = isThere ? etagOf(readFileSync(file)) : undefined;
    requireCondition(request, etag);
    const content = contentOf(request);
    write(file, content);
    return { status: 200, headers: { etag: etagOf(content) }, wrote: relative(folder, file) };
  }
  if (request.method === 'DELETE') {
    rmSync(file, { force: true });
    return { status: 204 };
  }
  if (!isThere) throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.');
  const body = readFileSync(file);
  return { status: 200, headers: { etag: etagOf(body), 'content-length': `${body.length}` }, body };
}

/** The bucket is in the name of the host, or in the path. */
function callOf({ method, url, headers, functionArn }: AwsRequest): S3Call {
  const [, ofHost] = /^(.+)\.localhost(:\d+)?$/.exec(headers.host ?? '') ?? [];
  const [place = '', query = ''] = `${ofHost ? `/${ofHost}` : ''}${url}`.split('?');
  const action = ACTIONS[method];
  const [, bucket, encoded] = /^\/([a-z0-9][\w.-]+)\/(.+)$/.exec(place) ?? [];
  const parameters = [...new URLSearchParams(query).keys()].filter((name) => name !== 'x-id');
  const isOther = parameters.length > 0 || 'x-amz-copy-source' in headers || 'range' in headers;
  if (!action || bucket === undefined || encoded === undefined || isOther) {
    throw new AwsError(
      400,
      'NotPlayedLocally',
      `npm run local plays PutObject, GetObject, HeadObject and DeleteObject of S3, got ${method} ${place}${query && `?${query}`}; for all of it set AWS_ENDPOINT_URL_S3 to one that runs on this machine, such as http://127.0.0.1:9000`,
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
  const root = path.resolve(folder, bucket);
  const file = path.resolve(root, key);
  if (!isInside(file, root) || relative(root, file) !== key) {
    throw new AwsError(
      400,
      'NotPlayedLocally',
      `npm run local writes objects to files, so a key must be the path of one: without empty parts, . and .., got ${key}`,
    );
  }
  return file;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
function requireCondition({ headers }: AwsRequest, etag: string | undefined): void {
  const { 'if-none-match': absent, 'if-match': present } = headers;
  if (present !== undefined && etag === undefined) {
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  if ((absent === '*' && etag !== undefined) || (present !== undefined && present !== etag)) {
    throw new AwsError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  }
}

function contentOf({ headers, body }: AwsRequest): Buffer {
  if (!headers['content-encoding']?.split(/, */).includes('aws-chunked')) return body;
  const content = decodeChunked(body);
  if (content && content.length === Number(headers['x-amz-decoded-content-length'])) return content;
  throw new AwsError(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function write(file: string, content: Uint8Array): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    // Such as a key that is also the beginning of another one's path.
    const { message } = error as Error;
    throw new AwsError(400, 'NotPlayedLocally', `npm run local cannot write the file: ${message}`);
  }
}

function etagOf(content: Uint8Array): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}
