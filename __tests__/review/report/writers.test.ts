import { loadTopology } from '../../../load/load';
import type { Block, Node, Review } from '../../../review/model';
import { writeHtml } from '../../../review/report/html';
import { writeMarkdown, writeSection } from '../../../review/report/markdown';
import { planSection } from '../../../review/report/plan';
import type { Change } from '../../../terraform/plan';
import { reviewOf } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

/** A review with one section and these blocks in another below it. */
const reviewWith = (...blocks: Block[]): Review => ({
  name: 'orders',
  findings: [],
  sections: [
    {
      title: 'One?',
      blocks: [{ kind: 'paragraph', text: 'Yes.' }],
      sections: [{ title: 'Two', blocks }],
    },
  ],
});

const node = (id: string, shape: Node['shape'], ...label: string[]): Node => ({
  id,
  shape,
  label,
  account: '1',
});
const [ORDERS, MAPPING, ROLE] = [
  node('t', 'table', 'table', 'Orders'),
  node('m', 'mapping', 'mapping'),
  node('r', 'role', 'may read'),
];

const EVERY_KIND: Block[] = [
  {
    kind: 'paragraph',
    text: ['See ', { code: 'a|b' }, ', ', { strong: 'now' }, ', ', { link: 'here', to: '#one' }],
  },
  { kind: 'list', items: ['a', 'b'], folded: '2 items' },
  { kind: 'table', head: ['k', 'v'], rows: [['x', [{ code: 'y' }]]] },
  {
    kind: 'graph',
    graph: {
      groups: [
        { title: 'shop 1', nodes: [ORDERS] },
        { title: 'analytics 2', nodes: [MAPPING, ROLE] },
      ],
      edges: [
        { from: ORDERS, to: MAPPING, kind: 'changes' },
        { from: ORDERS, to: ROLE, kind: 'access' },
      ],
    },
  },
];

test('every kind of block as Markdown', () => {
  expect(writeMarkdown(reviewWith(...EVERY_KIND))).toBe(`# Review of \`orders\`

## One?

Yes.

### Two

See \`a\\|b\`, **now**, [here](#one)

<details><summary>2 items</summary>

- a
- b

</details>

| k | v |
| --- | --- |
| x | \`y\` |

\`\`\`mermaid
flowchart LR
  subgraph g0["shop 1"]
    t[("table<br/>Orders")]
  end
  subgraph g1["analytics 2"]
    m["mapping"]
    r(["may read"])
  end
  t --> m
  t -.-> r
\`\`\`
`);
});

test('every kind of block as a page that asks for nothing', () => {
  const page = writeHtml(reviewWith(...EVERY_KIND));
  const [head = '', body = ''] = page.split('<main>\n');
  expect(head).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
  );
  expect(
    body.replaceAll(/<svg[\s\S]*<\/svg>\n/g, '(picture)'),
  ).toBe(`<h1>Review of <code>orders</code></h1>
<nav aria-label="Contents"><ul>
<li><a href="#one">One?</a><ul>
<li><a href="#two">Two</a></li>
</ul></li>
</ul></nav>
<section id="one">
<h2><a href="#one">One?</a></h2>
<p>Yes.</p>
<section id="two">
<h3><a href="#two">Two</a></h3>
<p>See <code>a|b</code>, <strong>now</strong>, <a href="#one">here</a></p>
<details><summary>2 items</summary>
<ul>
<li>a</li>
<li>b</li>
</ul>
</details>
<table>
<thead><tr><th>k</th><th>v</th></tr></thead>
<tbody>
<tr><td data-of="k">x</td><td data-of="v"><code>y</code></td></tr>
</tbody>
</table>
<figure>(picture)</figure>
</section>
</section>
</main>
</body>
</html>
`);
  expect(page).not.toMatch(/<(script|link|img|iframe)\b|src=|@import|url\(/);
});

test('of a long table Markdown has 100 rows, and the page has all', () => {
  const rows = Array.from({ length: 1_200 }, (_, index) => [`row ${index}`]);
  const review = reviewWith({ kind: 'table', head: ['k'], rows, folded: '1,200 rows' });
  const markdown = writeMarkdown(review);
  expect(markdown.match(/^\| row/gm)).toHaveLength(100);
  expect(markdown).toContain('| row 99 |\n\n1,100 more rows: see review.html\n\n</details>');
  expect(writeHtml(review).match(/>row/g)).toHaveLength(1_200);
});

test('Markdown is a comment of GitHub, whatever is in it, and says what it leaves out', () => {
  const long = 'x'.repeat(300);
  const rows = Array.from({ length: 1_200 }, () => [long]);
  const nodes = Array.from({ length: 3_000 }, (_, index) => node(`n${index}`, 'role', long));
  const markdown = writeMarkdown(
    reviewWith(
      { kind: 'paragraph', text: 'short' },
      { kind: 'paragraph', text: 'x'.repeat(40_000) },
      ...[1, 2, 3].map((): Block => ({ kind: 'table', head: ['k'], rows, folded: 'rows' })),
      { kind: 'list', items: rows.flat() },
      { kind: 'graph', graph: { groups: [{ title: 'shop', nodes }], edges: [] } },
    ),
  );
  expect(markdown.length).toBeLessThan(65_536);
  expect(markdown.length).toBeGreaterThan(30_000);
  expect(markdown.match(/^(?!\| x|- x).+$/gm)).toEqual([
    '# Review of `orders`',
    '## One?',
    'Yes.',
    '### Two',
    'short',
    'Too long for a comment: see review.html',
    ...[1, 2, 3].flatMap(() => [
      '<details><summary>rows</summary>',
      '| k |',
      '| --- |',
      '1,152 more rows: see review.html',
      '</details>',
    ]),
    '1,151 more rows: see review.html',
    'Too long for a comment: see review.html',
  ]);
});

test('so is a plan of 1,000 tenants', () => {
  const added = Array.from({ length: 12 }, (_, index): Change => {
    return { address: `aws_dynamodb_table.table_${index}`, action: 'added', attributes: [] };
  });
  const change: Change = {
    address: 'aws_dynamodb_resource_policy.stream_policy',
    action: 'replaced',
    attributes: ['resource_arn', 'policy'],
  };
  const stacks = Array.from({ length: 1_000 }, (_, index) => [
    {
      id: `producer-orders-tenant-${index}`,
      status: 'planned',
      changes: [...added, change],
      why: [],
    },
    { id: `subscription-orders-tenant-${index}-index`, status: 'after', why: ['x'.repeat(100)] },
  ]).flat();
  const plan = planSection({
    title: 'What?',
    total: 'much',
    stacks,
    removed: stacks.map(({ id }) => id),
  });
  const review = { name: 'orders', findings: [], sections: [plan] };
  for (const [text, whole] of [
    [writeMarkdown(review), 'review.html'],
    [writeSection(plan, 'plan.json'), 'plan.json'],
  ] as const) {
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/^.* more rows: see .*$/gm)).toEqual([
      `900 more rows: see ${whole}`,
      `900 more rows: see ${whole}`,
      `2,900 more rows: see ${whole}`,
    ]);
  }
  expect(writeHtml(review).match(/<tr>/g)).toHaveLength(5_003);
});

/** What a name of a hostile folder can be. */
const HOSTILE: readonly [name: string, text: string, markdown: string, html: string][] = [
  [
    'a tag',
    '<img src=x onerror=alert(1)>',
    '&#60;img src=x onerror=alert(1)&#62;',
    '&#60;img src=x onerror=alert(1)&#62;',
  ],
  ['a comment', '<!-- a', '&#60;!-- a', '&#60;!-- a'],
  ['quotes', `"'&`, `"'&#38;`, '&#34;&#39;&#38;'],
  ['a column', 'a|b', 'a\\|b', 'a|b'],
  ['code', '`a`', '\\`a\\`', '`a`'],
  ['a fence', '```\n# a', '\\`\\`\\` \\#<!-- --> a', '```\\u000a# a'],
  ['a link', '[a](b)', '\\[a\\](b)', '[a](b)'],
  ['an address', 'https://a.example', 'https:<!-- -->//a.example', 'https://a.example'],
  ['a host', 'see www.a.example', 'see www<!-- -->.a.example', 'see www.a.example'],
  ['a mention', '@octo-org/team', '@<!-- -->octo-org/team', '@octo-org/team'],
  ['an e-mail address', 'a@b.example', 'a@<!-- -->b.example', 'a@b.example'],
  ['an issue', 'o/h#1 GH-12 gh-x', 'o/h\\#<!-- -->1 GH-<!-- -->12 gh-x', 'o/h#1 GH-12 gh-x'],
  ['a list', '- a', '\\- a', '- a'],
  ['a numbered list', '12. a', '12\\. a', '12. a'],
  ['a formula', '$a$', '\\$a\\$', '$a$'],
  ['a terminal command', '\u001b[2J\u009b', '\\\\u001b\\[2J\\\\u009b', '\\u001b[2J\\u009b'],
  ['another direction', 'a\u202eb', 'a\\\\u202eb', 'a\\u202eb'],
];

describe.each(HOSTILE)('%s', (_, text, markdown, html) => {
  test('is text in Markdown', () => {
    expect(writeMarkdown(reviewWith({ kind: 'paragraph', text }))).toMatch(
      `### Two\n\n${markdown}\n`,
    );
    const row = writeMarkdown(reviewWith({ kind: 'table', head: ['k'], rows: [[['x', text]]] }));
    expect(row.split('\n').slice(-4, -1)).toEqual([
      '| k |',
      '| --- |',
      `| x${markdown.replace(/^(12)?\\(?=[-.])/, '$1')} |`,
    ]);
  });

  test('is text in a page', () => {
    expect(writeHtml(reviewWith({ kind: 'paragraph', text }))).toContain(`<p>${html}</p>`);
  });

  test('is text as code and in both pictures', () => {
    const groups = [{ title: text, nodes: [node('n', 'role', text)] }];
    const blocks: Block[] = [
      { kind: 'paragraph', text: { code: text } },
      { kind: 'graph', graph: { groups, edges: [] } },
    ];
    const page = writeHtml(reviewWith(...blocks));
    expect(page).toContain(`<code>${html}</code>`);
    expect(page.match(/<(img|!--)/g)).toBeNull();
    const lines = writeMarkdown(reviewWith(...blocks)).split('\n');
    expect(
      lines.filter((line) => /[<>&]/.test(line.replaceAll(/`[^`]*`|&#\d+;|<!-- -->/g, ''))),
    ).toEqual([]);
    expect(lines.filter((line) => line.startsWith('```'))).toEqual(['```mermaid', '```']);
    expect(lines.find((line) => line.startsWith('  subgraph'))).toMatch(
      /^ {2}subgraph g0\["[\p{L}\p{N} .,:/()_#;-]*"\]$/u,
    );
  });
});

test('the number of an account is text too', async () => {
  const number = '<img src=x onerror=alert(1)><!--|`';
  const review = await reviewOf(loadTopology('topologies/orders.yaml'), {
    'producer-orders': (json) => {
      const [aws] = Object(json.provider).aws;
      aws.allowed_account_ids = [number];
    },
  });
  expect(review.findings.filter(({ stops }) => stops)).not.toEqual([]);
  expect(writeHtml(review)).not.toMatch(/<img|<!--/);
  expect(
    writeMarkdown(review).replaceAll(/<\/?(details|summary)>|<br\/>|<!-- -->/g, ''),
  ).not.toMatch(/^[^`]*</m);
});

test('of a producer alone that nobody reads there is no empty table', async () => {
  const alone = resolved(topology({ consumers: {}, subscriptions: [] }));
  const { sections } = await reviewOf(alone);
  const tables = sections.flatMap(({ blocks }) => blocks).filter(({ kind }) => kind === 'table');
  expect(tables.map((table) => Object(table).rows.length)).toEqual([4, 1]);
});

test('the review of a topology is the same each time', async () => {
  const write = async () => {
    const review = await reviewOf(loadTopology('topologies/saas-tenants.yaml'));
    return [writeMarkdown(review), writeHtml(review)];
  };
  expect(await write()).toEqual(await write());
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
  expect(writeMarkdown(review) + writeHtml(review)).not.toMatch(/value-of-the/);
});
