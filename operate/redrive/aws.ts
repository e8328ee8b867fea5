import { InvokeCommand, LambdaClient, type LambdaServiceException } from '@aws-sdk/client-lambda';
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
import { arns } from '../../topology/arns';
import { FUNCTION } from '../../topology/limits';
import { ownPage } from '../../topology/own-files';
import { UserError } from '../../topology/problem';
import { type Account, makesFunction, type ResolvedConsumer } from '../../topology/resolve';
import { MAXIMUM_SIZE } from './failed-batch';
import { ProxiedHandler } from './proxied-handler';
import type { Invoke, Store } from './redrive';

type Role = NonNullable<Account['deployRole']>;

/** The consumer whose failed batches are delivered. */
export interface Target {
  readonly consumer: ResolvedConsumer;
  /** The role to assume; otherwise the credentials of whoever runs the command are used. */
  readonly role?: Role;
}

/** The bucket and the function of a consumer, with the credentials of its account. */
export function connect(target: Target): { readonly store: Store; readonly invoke: Invoke } {
  const { consumer, role } = target;
  const { region } = consumer.account;
  const timeout = makesFunction(consumer) ? consumer.function.timeout : FUNCTION.timeout.max;
  const credentials = credentialsOf(region, role, 'redrive');
  const s3 = s3Client(region, credentials);
  const lambda = new LambdaClient({
    region,
    credentials,
    retryStrategy: new RetryIfRefused(10),
    requestHandler: new ProxiedHandler({
      // Starting the function and the network may take a minute more.
      requestTimeout: (timeout + 60) * 1000,
      throwOnRequestTimeout: true,
    }),
  });
  const functionArn = arns.function(consumer.account, consumer.function.name);
  return { store: s3Store(s3, target), invoke: invokeWith(lambda, functionArn) };
}

/** Credentials of a role; without one those that the command is run with. */
export function credentialsOf(region: string, role: Role | undefined, sessionName?: string) {
  return (
    role &&
    fromTemporaryCredentials({
      params: {
        RoleArn: role.arn,
        ExternalId: role.externalId,
        RoleSessionName: role.sessionName ?? sessionName,
      },
      clientConfig: { region, requestHandler: new ProxiedHandler({}) },
    })
  );
}

export function s3Client(
  region: string,
  credentials: ReturnType<typeof credentialsOf>,
  usePathStyle = false,
): S3Client {
  return new S3Client({
    region,
    credentials,
    requestHandler: new ProxiedHandler({}),
    ...s3Settings(usePathStyle),
  });
}

export function s3Settings(usePathStyle = false) {
  // The SDK's advice on Node.js is for the maintainers of this project, not for whoever runs it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  // Custom endpoints rarely support virtual-hosted buckets.
  return { forcePathStyle: usePathStyle || Boolean(AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) };
}

function s3Store(s3: S3Client, target: Target): Store {
  // Bucket names are global; refuse another account's bucket.
  const { account, failedBatches } = target.consumer;
  const bucket = { Bucket: failedBatches.bucket, ExpectedBucketOwner: account.id };
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
        // It may have been replaced by a larger one since it was listed.
        const input = { ...bucket, Key: key, Range: `bytes=0-${MAXIMUM_SIZE - 1}` };
        const { Body, ETag } = await s3.send(new GetObjectCommand(input));
        return { content: (await Body?.transformToString()) ?? '', version: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw explained(error, target, key);
      }
    },
    async delete(key, version) {
      try {
        await s3.send(new DeleteObjectCommand({ ...bucket, Key: key, IfMatch: version }));
      } catch (error) {
        if (error instanceof NoSuchKey) return; // expired meanwhile
        if ((error as Error).name !== 'PreconditionFailed') throw error;
        throw new UserError('the object was replaced while its batch was delivered');
      }
    },
  };
}

type RefreshParameters = Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>;

/**
 * Retries for about a minute if Lambda refused the invocation, for example because reserved concurrency throttles the
 * function. Not if Lambda did not answer, or failed: the first invocation may still run, and a second one at the same
 * time would process the same items out of order.
 */
class RetryIfRefused extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(...[token, error]: RefreshParameters) {
    const status = (error.error as LambdaServiceException)?.$metadata?.httpStatusCode ?? 0;
    if (status < 400 || status >= 500) throw new Error('the function may be running');
    return super.refreshRetryTokenForRetry(token, error);
  }
}

/** Invokes by ARN, so that credentials of another account cannot reach a function of the same name. */
function invokeWith(lambda: LambdaClient, functionArn: string): Invoke {
  const context = Buffer.from(JSON.stringify({ custom: { [REDRIVE]: true } }));
  return async (event) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionArn,
        ClientContext: context.toString('base64'),
        Payload: Buffer.from(event),
      }),
    );
    return { functionError: FunctionError, payload: Payload?.transformToString() ?? '' };
  };
}

/** What the user can do about the bucket, or an object of it, that cannot be read. */
function explained(error: unknown, { consumer, role }: Target, key?: string): UserError {
  const { name, message } = error as Error;
  const { bucket } = consumer.failedBatches;
  const what = key === undefined ? `the bucket ${bucket}` : `s3://${bucket}/${key}`;
  const who = role ? `the role ${role.arn}` : `your credentials for account ${consumer.account.id}`;
  const messages: Readonly<Record<string, string>> = {
    NoSuchBucket: `the bucket ${bucket} does not exist in account ${consumer.account.id}; deploy the consumer first: npm run deploy -- ${consumer.stackId}`,
    AccessDenied: `${who} cannot read ${what}; ${ownPage('failed-batches.md')} lists the permissions: ${message}`,
  };
  return new UserError(messages[name] ?? `cannot read ${what} with ${who}: ${name}: ${message}`);
}
