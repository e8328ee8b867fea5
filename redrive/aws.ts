import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Account } from '../topology/resolve';
import type { Target } from './command';
import { RedriveError } from './problem';
import type { Invoke, Store } from './redrive';

/** Seconds that starting the function and the network may take on top of the function's timeout. */
const MARGIN = 60;

/** The bucket and the function of a consumer, with the credentials of its account's deploy role. */
export function connect(target: Target): { readonly store: Store; readonly invoke: Invoke } {
  const { region } = target.consumer.account;
  const credentials = credentialsOf(target.consumer.account);
  const s3 = new S3Client({
    region,
    credentials,
    // An endpoint of one's own has no host name for each bucket.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
  });
  const lambda = new LambdaClient({
    region,
    credentials,
    // A function that is throttled, say by its reserved concurrency, is tried again for about a minute.
    maxAttempts: 10,
    requestHandler: {
      requestTimeout: (target.consumer.function.timeout + MARGIN) * 1000,
      throwOnRequestTimeout: true,
    },
  });
  return { store: s3Store(s3, target), invoke: invokeWith(lambda, target.functionArn) };
}

function credentialsOf({ region, deployRole }: Account) {
  if (!deployRole) return undefined; // those the command is run with
  return fromTemporaryCredentials({
    params: {
      RoleArn: deployRole.arn,
      ExternalId: deployRole.externalId,
      RoleSessionName: deployRole.sessionName ?? 'redrive',
    },
    clientConfig: { region },
  });
}

function s3Store(s3: S3Client, target: Target): Store {
  // Names of buckets are everyone's: one that another account has taken is not read.
  const bucket = { Bucket: target.bucket, ExpectedBucketOwner: target.consumer.account.id };
  return {
    async *list() {
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, bucket)) {
          yield Contents.map(({ Key = '' }) => Key);
        }
      } catch (error) {
        throw explained(error, target);
      }
    },
    async read(key) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ ...bucket, Key: key }));
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw explained(error, target);
      }
    },
    async delete(key) {
      await s3.send(new DeleteObjectCommand({ ...bucket, Key: key }));
    },
  };
}

/** Invokes by ARN, so that credentials of another account cannot reach a function of the same name. */
function invokeWith(lambda: LambdaClient, functionArn: string): Invoke {
  return async (event) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(event) }),
    );
    return { functionError: FunctionError, payload: Payload?.transformToString() ?? '' };
  };
}

/** What the user can do about a bucket that cannot be read. */
function explained(error: unknown, { consumer, bucket }: Target): unknown {
  if (!(error instanceof Error)) return error;
  const role = consumer.account.deployRole?.arn;
  const who = role ? `the role ${role}` : `your credentials for account ${consumer.account.id}`;
  if (error.name === 'NoSuchBucket') {
    return new RedriveError(
      `the bucket ${bucket} does not exist in account ${consumer.account.id}; deploy the consumer first: npm run deploy -- ${consumer.stackId}`,
    );
  }
  if (error.name === 'AccessDenied') {
    return new RedriveError(
      `${who} cannot read the bucket ${bucket}; docs/failed-batches.md lists the permissions: ${error.message}`,
    );
  }
  return new RedriveError(
    `cannot read the bucket ${bucket} with ${who}: ${error.name}: ${error.message}`,
  );
}
