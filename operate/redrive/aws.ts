import type { Readable } from 'node:stream';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { StandardRetryStrategy } from '@smithy/core/retry';
import { REDRIVE } from '../../lambda-src/contract';
import { boundedText } from './bounded-text';
import type { Target } from './command';
import { MAXIMUM_SIZE } from './failed-batch';
import { RedriveError } from './problem';
import { ProxiedHandler } from './proxied-handler';
import type { Invoke, Store } from './redrive';

/** Seconds that starting the function and the network may take on top of the function's timeout. */
const MARGIN = 60;

/** The bucket and the function of a consumer, with the credentials of its account. */
export function connect(target: Target): { readonly store: Store; readonly invoke: Invoke } {
  const { region } = target.consumer.account;
  const credentials = credentialsOf(target);
  const s3 = new S3Client({
    region,
    credentials,
    requestHandler: new ProxiedHandler({}),
    // An endpoint of one's own has no host name for each bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
  });
  const lambda = new LambdaClient({
    region,
    credentials,
    retryStrategy: new RetryIfRefused(10),
    requestHandler: new ProxiedHandler({
      requestTimeout: (target.consumer.function.timeout + MARGIN) * 1000,
      throwOnRequestTimeout: true,
    }),
  });
  return { store: s3Store(s3, target), invoke: invokeWith(lambda, target.functionArn) };
}

function credentialsOf({ consumer, role }: Target) {
  if (!role) return undefined; // those the command is run with
  return fromTemporaryCredentials({
    params: {
      RoleArn: role.arn,
      ExternalId: role.externalId,
      RoleSessionName: role.sessionName ?? 'redrive',
    },
    clientConfig: {
      region: consumer.account.region,
      requestHandler: new ProxiedHandler({}),
    },
  });
}

function s3Store(s3: S3Client, target: Target): Store {
  // Names of buckets are everyone's: one that another account has taken is not read.
  const bucket = { Bucket: target.bucket, ExpectedBucketOwner: target.consumer.account.id };
  return {
    async *list() {
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, bucket)) {
          yield Contents.map(({ Key = '', Size = 0 }) => ({ key: Key, size: Size }));
        }
      } catch (error) {
        throw explained(error, target);
      }
    },
    async read(key) {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ ...bucket, Key: key }));
        const content = await boundedText(Body as Readable, MAXIMUM_SIZE);
        return { content, version: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw explained(error, target, key);
      }
    },
    async delete(key, version) {
      try {
        await s3.send(new DeleteObjectCommand({ ...bucket, Key: key, IfMatch: version }));
      } catch (error) {
        const { name } = error as Error;
        if (name === 'NoSuchKey') return; // expired meanwhile
        if (name !== 'PreconditionFailed') throw error;
        throw new RedriveError('the object was replaced while its batch was delivered');
      }
    },
  };
}

type RefreshParameters = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>;

/**
 * Tries again, for about a minute, where Lambda has refused: say, since the function is throttled by its
 * reserved concurrency. Not where it gave no answer, or failed: the first invocation may still run, and a
 * second one beside it would process the same items out of order.
 */
class RetryIfRefused extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(...[token, error]: RefreshParameters) {
    const status = Object(error.error).$metadata?.httpStatusCode;
    if (!(status >= 400 && status < 500)) throw new Error('the function may be running');
    return super.refreshRetryTokenForRetry(token, error);
  }
}

/** Lambda takes it as JSON in base64, and gives it to the function's code. */
const CLIENT_CONTEXT = Buffer.from(JSON.stringify({ custom: { [REDRIVE]: true } })).toString(
  'base64',
);

/** Invokes by ARN, so that credentials of another account cannot reach a function of the same name. */
function invokeWith(lambda: LambdaClient, functionArn: string): Invoke {
  return async (event) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionArn,
        ClientContext: CLIENT_CONTEXT,
        Payload: Buffer.from(event),
      }),
    );
    return { functionError: FunctionError, payload: Payload?.transformToString() ?? '' };
  };
}

/**
 * What the user can do about a bucket that cannot be read.
 *
 * @param key of the object that cannot be read, unless it is all of them
 */
function explained(error: unknown, { consumer, bucket, role }: Target, key?: string): unknown {
  if (!(error instanceof Error)) return error;
  const what = key === undefined ? `the bucket ${bucket}` : `s3://${bucket}/${key}`;
  const who = role ? `the role ${role.arn}` : `your credentials for account ${consumer.account.id}`;
  if (error.name === 'NoSuchBucket') {
    return new RedriveError(
      `the bucket ${bucket} does not exist in account ${consumer.account.id}; deploy the consumer first: npm run deploy -- ${consumer.stackId}`,
    );
  }
  if (error.name === 'AccessDenied') {
    return new RedriveError(
      `${who} cannot read ${what}; docs/failed-batches.md lists the permissions: ${error.message}`,
    );
  }
  return new RedriveError(`cannot read ${what} with ${who}: ${error.name}: ${error.message}`);
}
