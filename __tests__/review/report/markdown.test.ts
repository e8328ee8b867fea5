import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { loadTopology } from '../../../load/load';
import { writeMarkdown } from '../../../review/report/markdown';
import { code, plain, some, table } from '../../../review/report/table';
import { reviewOf, statement } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { consumer, topology } from '../../helpers/topology';

test('the summary comes first, then the sections', async () => {
  const markdown = writeMarkdown(await reviewOf(loadTopology('topologies/orders.yaml')));
  expect(markdown.match(/^##? .*$/gm)).toEqual([
    '# Review of `orders`',
    '## Notes',
    '## Picture',
    '## Access',
    '## Quotas',
    '## Runtimes',
    '## What destroys',
    '## Code',
    '## Not evaluated',
  ]);
  expect(markdown.split('\n## ')[0]).toBe(`# Review of \`orders\`

|  |  |
| --- | --- |
| stacks | 3 stacks in 2 accounts |
| resources | 30 resources |
| access | 393 questions evaluated: 13 allowed, 380 denied; all as the topology means it |
| nearest quota | readers of a stream (444455556666 Orders): 1 of 2 readers |
| destructive | **not protected from deletion:** Orders of 444455556666 |
| not evaluated | 3 things |
`);
});

test('the code of each function is listed, once for functions with the same package', async () => {
  const [first, second] = ['First', 'Second'].map(consumer);
  const python = { ...consumer('Third'), function: { name: 'Third', runtime: 'python3.12' } };
  const code = { directory: 'lambda-src/python', handler: 'index.handler' };
  const markdown = writeMarkdown(
    await reviewOf(
      resolved(
        topology({
          consumers: {
            a: first,
            b: second,
            c: { ...python, function: { ...python.function, code } },
          },
          subscriptions: [],
        }),
      ),
    ),
  );
  const [, section = ''] = /\n## Code\n([\s\S]*?)\n## /.exec(markdown) ?? [];
  expect(section.match(/^\| `.*$/gm)).toEqual([
    expect.stringMatching(
      /^\| `First`, `Second` \| `lambda-src\/index\.ts` \| `[0-9a-f]{64}` \| .*`lambda-src\/index\.ts`.* \|$/,
    ),
    `| \`Third\` | \`lambda-src/python\` | \`${hashOf('lambda-src/python')}\` | \`index.py\` |`,
  ]);
});

/** Of a folder with one file. */
function hashOf(folder: string): string {
  const [file = ''] = readdirSync(folder);
  const hash = createHash('sha256').update(`${file}\0`);
  return hash.update(readFileSync(`${folder}/${file}`)).digest('hex');
}

test('the same stacks give the same report', async () => {
  const topologyFile = 'topologies/saas-tenants.yaml';
  const [first, second] = [
    writeMarkdown(await reviewOf(loadTopology(topologyFile))),
    writeMarkdown(await reviewOf(loadTopology(topologyFile))),
  ];
  expect(first).toBe(second);
});

test('alike streams are one table', async () => {
  const markdown = writeMarkdown(await reviewOf(loadTopology('topologies/saas-tenants.yaml')));
  expect(markdown.match(/^### (Stream|Table|Key) .*$/gm)).toEqual([
    '### Stream `Documents` in 3 accounts: 444455556666, 777788889999, 222233334444',
    '### Table `Documents` in 3 accounts: 444455556666, 777788889999, 222233334444',
    '### Key `SNS topic MeterDocuments-alarms` in account 111122223333',
    '### Key `DynamoDB table Documents` in 3 accounts: 444455556666, 777788889999, 222233334444',
  ]);
});

test('differences are listed after the summary, and marked where they are', async () => {
  const markdown = writeMarkdown(
    await reviewOf(loadTopology('topologies/orders.yaml'), {
      'producer-orders': (json) => {
        statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess').actions = [
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
        ];
      },
    }),
  );
  expect(markdown).toContain('**1 difference**, see below');
  expect(markdown.match(/^- arn.*$/gm)).toEqual([
    '- arn:aws:iam::111122223333:role/CrossAccountStreamProcessor dynamodb:DescribeStream on stream arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000: denied, meant to be allowed (resource policy: no statement)',
  ]);
  expect(markdown).toContain(
    '| role CrossAccountStreamProcessor of 111122223333 | **differs:** `dynamodb:GetRecords`, `dynamodb:GetShardIterator` |',
  );
});

test('no value of the environment and no external id is in it', async () => {
  const review = await reviewOf(
    resolved(
      topology({
        'consumers.process-orders.function.environment': { TOKEN: 'value-of-the-token' },
        'accounts.shop.deployRole': {
          arn: 'arn:aws:iam::444455556666:role/Deploy',
          externalId: 'value-of-the-external-id',
        },
      }),
    ),
  );
  expect(writeMarkdown(review) + review.diagram).not.toMatch(/value-of-the/);
});

test('what a user writes is no Markdown and no HTML', async () => {
  const markdown = writeMarkdown(
    await reviewOf(
      resolved(
        topology({
          'producers.orders.streamPolicy': {
            conditions: [
              { test: 'StringEquals', variable: 'aws:PrincipalTag/t', values: ['<b>|`*x*`'] },
            ],
          },
        }),
      ),
    ),
  );
  expect(markdown).toContain('unless StringEquals aws:PrincipalTag/t = &lt;b&gt;\\|\\`\\*x\\*\\`');
  expect(markdown).not.toContain('<b>');
});

test('tables, code and lists', () => {
  expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  expect(code('a|b')).toBe('`a\\|b`');
  expect(code('a`b')).toBe('a\\`b');
  expect(plain('a\tb\r\nc\u009b2J\u202ed\u2028')).toBe('a b c\\\\u009b2J\\\\u202ed\\\\u2028');
  expect(code('a\u001b[2J')).toBe('a\\\\u001b\\[2J');
  expect(plain('<a> & [b](c)')).toBe('&lt;a&gt; &amp; \\[b\\](c)');
  expect(some(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
  expect(some(['a', 'b'], 2)).toBe('a, b');
});
