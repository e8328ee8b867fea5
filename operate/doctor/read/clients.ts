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
export const SETTINGS = {
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

/** Clients of one account and Region, each made when it is first used. */
export class Clients {
  readonly #made = new Map<unknown, unknown>();

  constructor(
    private readonly region: string,
    /** Default: what the command is run with. */
    private readonly credentials?: Credentials,
    private readonly usePathStyle?: boolean,
  ) {}

  get cloudwatch() {
    return this.#once(CloudWatchClient);
  }

  get dynamodb() {
    return this.#once(DynamoDBClient);
  }

  get iam() {
    return this.#once(IAMClient);
  }

  get kms() {
    return this.#once(KMSClient);
  }

  get lambda() {
    return this.#once(LambdaClient);
  }

  get logs() {
    return this.#once(CloudWatchLogsClient);
  }

  get s3() {
    return this.#once(S3Client);
  }

  get sns() {
    return this.#once(SNSClient);
  }

  get sts() {
    return this.#once(STSClient);
  }

  #once<T>(Client: new (settings: object) => T): T {
    const { region, credentials } = this;
    const made =
      this.#made.get(Client) ??
      new Client({ ...SETTINGS, ...s3Settings(this.usePathStyle), region, credentials });
    this.#made.set(Client, made);
    return made as T;
  }
}
