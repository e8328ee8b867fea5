/**
 * docs/two-teams.md from end to end: its commands by both teams, each with a topology, a state and the credentials of
 * an account of its own, with real Terraform against the AWS API at AWS_ENDPOINT_URL.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PutItemCommand, PutResourcePolicyCommand } from '@aws-sdk/client-dynamodb';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { type Document, parseDocument } from 'yaml';
import { clientsIn } from './support/account';
import { describeWithEndpoint, FLAGS } from './support/deployment';
import { eventually } from './support/eventually';
import { Page } from './support/page';
import { writeTopology } from './support/topology';

/** The sections of the page. */
const TABLE = '1. The table';
const FUNCTION = '2. The function';
const AFTERWARDS = '3. Afterwards';
const STATEMENT = '4. The function first';
const LEAVING = '5. Leaving';

/** Who has a topology, and the credentials of the account it is deployed to. */
class Team {
  readonly clients;
  private readonly file: string;

  constructor(topology: string, account: string) {
    this.clients = clientsIn(account);
    this.file = writeTopology(readFileSync(topology, 'utf8'));
  }

  /** Runs the commands of a section of the page; returns what they print. */
  async run(section: string): Promise<string> {
    const { accessKeyId, secretAccessKey, sessionToken } =
      await this.clients.s3.config.credentials();
    const env = {
      ...process.env,
      TOPOLOGY: this.file,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    const approve = (commands: string) =>
      commands.replaceAll(/npm run (deploy|destroy) -- '.*'/g, `$& ${FLAGS.join(' ')}`);
    return new Page('docs/two-teams.md', approve, { env }).run(section);
  }

  edit(change: (topology: Document) => void): void {
    const topology = parseDocument(readFileSync(this.file, 'utf8'));
    change(topology);
    writeFileSync(this.file, topology.toString());
  }

  async createStateBucket(Bucket: string): Promise<void> {
    await this.clients.s3.send(new CreateBucketCommand({ Bucket }));
  }
}

describeWithEndpoint('two teams', () => {
  const shop = new Team('topologies/orders-producer.yaml', '444455556666');
  const analytics = new Team('topologies/orders-consumer.yaml', '111122223333');
  let streamArn = '';

  const write = (id: string) =>
    shop.clients.dynamodb.send(
      new PutItemCommand({ TableName: 'Orders', Item: { OrderId: { S: id } } }),
    );

  const arrives = (id: string) =>
    eventually(async () =>
      expect(await analytics.clients.changesSeen('ProcessOrders')).toContain(
        `444455556666 Orders ${id}`,
      ),
    );

  beforeAll(async () => {
    await shop.createStateBucket('example-shop-terraform-state');
    await analytics.createStateBucket('example-analytics-terraform-state');
  });

  test('the table is deployed before the role exists that its policy names', async () => {
    const outputs = await shop.run(TABLE);
    [, streamArn = ''] = /^stream_arn = "(.*)"$/m.exec(outputs) ?? [];
    expect(streamArn).toMatch(/:444455556666:table\/Orders\/stream\//);
  });

  test('the function is connected by the ARN of the stream', async () => {
    analytics.edit((topology) =>
      topology.setIn(['producers', 'orders', 'existingStream', 'arn'], streamArn),
    );
    await analytics.run(FUNCTION);
    await write('1');
    await arrives('1');
  });

  test('neither has anything to plan', async () => {
    await shop.run(AFTERWARDS);
    await analytics.run(AFTERWARDS);
  });

  test('the function leaves, and nothing changes for the table', async () => {
    await analytics.run(LEAVING);
    await write('2');
    await shop.run(AFTERWARDS);
  });

  test('the function first: it is connected once the owner has added its statement', async () => {
    shop.edit((topology) => topology.deleteIn(['producers', 'orders', 'streamPolicy']));
    await shop.run(TABLE);
    const [, printed = ''] = /(\{"arn:.*\})$/.exec(await analytics.run(STATEMENT)) ?? [];
    const { [streamArn]: statement } = JSON.parse(printed);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await shop.clients.dynamodb.send(
      new PutResourcePolicyCommand({ ResourceArn: streamArn, Policy }),
    );
    await analytics.run(FUNCTION);
    await write('3');
    await arrives('3');
  });

  test('the table leaves: the mapping has a problem, and the function has nothing to plan', async () => {
    await shop.run(LEAVING);
    await eventually(async () => {
      const { EventSourceMappings = [] } = await analytics.clients.lambda.send(
        new ListEventSourceMappingsCommand({}),
      );
      expect(EventSourceMappings.map(({ LastProcessingResult }) => LastProcessingResult)).toEqual([
        expect.stringMatching(/^PROBLEM/),
      ]);
    });
    await analytics.run(AFTERWARDS);
    await analytics.run(LEAVING);
  });
});
