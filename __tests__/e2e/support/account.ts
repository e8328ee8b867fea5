import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Account, ResolvedTopology } from '../../../topology/resolve';

/** Clients of one account, with the credentials of its deploy role. */
export class AccountClients {
  readonly cloudwatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;

  constructor({ region, deployRole }: Account) {
    const credentials = fromTemporaryCredentials({
      params: { RoleArn: deployRole?.arn },
      clientConfig: { region },
    });
    this.cloudwatch = new CloudWatchClient({ region, credentials });
    this.dynamodb = new DynamoDBClient({ region, credentials });
    this.iam = new IAMClient({ region, credentials });
    this.kms = new KMSClient({ region, credentials });
    this.lambda = new LambdaClient({ region, credentials });
    this.logs = new CloudWatchLogsClient({ region, credentials });
    this.s3 = new S3Client({ region, credentials, forcePathStyle: true });
    this.sns = new SNSClient({ region, credentials });
  }

  /** Every line of a log group, oldest first. */
  async logLines(logGroupName: string): Promise<string[]> {
    const { events = [] } = await this.logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message = '' }) => message.trim());
  }

  /** The changes that a default function has logged, as `<account> <table> <keys>`, sorted. */
  async changesSeen(functionName: string): Promise<string[]> {
    const lines = await this.logLines(`/aws/lambda/${functionName}`);
    return lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line).change)
      .filter((change) => change !== undefined)
      .map(({ account, table, keys }) => [account, table, ...Object.values(keys)].join(' '))
      .sort();
  }
}

/** Clients of an account, with the credentials of one of its roles. */
export function clientsIn(id: string, role = 'TerraformDeploy'): AccountClients {
  const deployRole = { arn: `arn:aws:iam::${id}:role/${role}` };
  return new AccountClients({ id, region: 'us-east-1', partition: 'aws', deployRole });
}

/** Clients of the account of a consumer's or a producer's stack. */
export function clientsOf(topology: ResolvedTopology, stackId: string): AccountClients {
  const stacks = [...topology.consumers, ...topology.producers];
  const account = stacks.find((stack) => stack.stackId === stackId)?.account;
  if (!account) throw new Error(`no stack ${stackId} in the topology`);
  return new AccountClients(account);
}
