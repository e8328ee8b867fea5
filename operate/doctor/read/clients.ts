import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { s3Settings } from '../../redrive/aws';
import { ProxiedHandler } from '../../redrive/proxied-handler';

export type Credentials = Awaited<ReturnType<STSClient['config']['credentials']>>;

/** For all clients: connections are shared. */
const SETTINGS = {
  // What CloudTrail and the emulator know the calls by.
  customUserAgent: 'cross-account-streams-doctor',
  // Throttled calls are repeated, with growing pauses.
  maxAttempts: 6,
  requestHandler: new ProxiedHandler({
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    throwOnRequestTimeout: true,
  }),
};

const CLIENTS = {
  cloudwatch: CloudWatchClient,
  dynamodb: DynamoDBClient,
  iam: IAMClient,
  kms: KMSClient,
  lambda: LambdaClient,
  logs: CloudWatchLogsClient,
  s3: S3Client,
  sns: SNSClient,
  sts: STSClient,
};

export type Clients = {
  readonly [Name in keyof typeof CLIENTS]: InstanceType<(typeof CLIENTS)[Name]>;
};

/**
 * Clients of one account and Region, each made when it is first used.
 *
 * @param credentials default: what the command is run with
 */
export function clientsOf(
  region: string,
  credentials?: Credentials,
  usePathStyle?: boolean,
): Clients {
  const settings = { ...SETTINGS, ...s3Settings(usePathStyle), region, credentials };
  const made: Partial<Record<string, object>> = {};
  for (const [name, Client] of Object.entries(CLIENTS)) {
    let client: object | undefined;
    Object.defineProperty(made, name, { get: () => (client ??= new Client(settings)) });
  }
  return made as Clients;
}
