import { RUNTIMES } from '../../topology/limits';
import { NEIGHBOURS } from '../access/principals';
import { type Finding, type Row, summarize } from '../access/summary';
import { share } from '../quotas';
import { accessFailures, failures, type Review } from '../review';
import { code, number, plain, plural, some, table } from './table';

/** Accounts, names, differences and files that are listed before "and … more". */
const LISTED = 6;
const DIFFERENCES_LISTED = 200;
const FILES_LISTED = 100;

/**
 * The report for people, a short summary first. The same input gives the same text; values of
 * environment variables and external ids are not in it.
 */
export function writeMarkdown(review: Review): string {
  const sections = [
    `# Review of ${code(review.name)}`,
    summary(review),
    ...differences(review),
    ...notes(review),
    '## Picture',
    '![Accounts, tables, functions and the arrows between them](topology.svg)',
    'Solid arrows carry changes; dashed arrows give access, as it was evaluated.',
    ...access(review),
    ...quotas(review),
    ...runtimes(review),
    ...destruction(review),
    ...functionCode(review),
    ...notEvaluated(review),
  ];
  return `${sections.join('\n\n')}\n`;
}

function summary(review: Review): string {
  const { stacks, access: matrix, protections, deployment } = review;
  const accounts = new Set(stacks.map(({ account }) => account)).size;
  const allowed = matrix.cells.filter((cell) => cell.allowed).length;
  const bad = accessFailures(matrix).length;
  const nearest = review.quotas.find(({ isName }) => !isName);
  const unprotected = protections.filter((each) => each.unprotected && isData(each.type));
  return table(
    ['', ''],
    [
      ['stacks', `${plural(stacks.length, 'stack')} in ${plural(accounts, 'account')}`],
      ['resources', plural(resourceCount(review), 'resource')],
      ...synthesis(review),
      [
        'access',
        `${plural(matrix.cells.length, 'question')} evaluated: ${number(allowed)} allowed, ${number(matrix.cells.length - allowed)} denied; ${
          bad === 0 ? 'all as the topology means it' : `**${plural(bad, 'difference')}**, see below`
        }`,
      ],
      [
        'nearest quota',
        nearest
          ? `${nearest.name} (${plain(nearest.largest)}): ${number(nearest.used)} of ${number(nearest.limit ?? 0)} ${nearest.unit}`
          : 'none',
      ],
      [
        'destructive',
        unprotected.length === 0
          ? 'every table is protected from deletion'
          : `**not protected from deletion:** ${unprotected.map(({ names }) => some(names.map(plain), LISTED)).join('; ')}`,
      ],
      ['not evaluated', plural(deployment.notEvaluated.length + ALWAYS.length, 'thing')],
    ],
  );
}

function notes({ notes: all }: Review): string[] {
  return all.length === 0 ? [] : ['## Notes', all.map((line) => `- ${plain(line)}`).join('\n')];
}

function synthesis({ comparison }: Review): string[][] {
  if (comparison === undefined) return [];
  const bad = comparison.filter(({ stops }) => stops).length;
  const verdict =
    bad === 0
      ? 'the stacks are what the topology synthesizes'
      : `**the stacks are not what the topology synthesizes**, in ${plural(bad, 'place')}, see below`;
  return [['synthesis', verdict]];
}

function isData(type: string): boolean {
  return type === 'aws_dynamodb_table' || type === 'aws_s3_bucket';
}

function resourceCount({ stacks }: Review): number {
  return stacks
    .flatMap(({ json }) => Object.values(json.resource ?? {}))
    .reduce((count, named) => count + Object.keys(named).length, 0);
}

function differences(review: Review): string[] {
  const all = failures(review);
  if (all.length === 0) return [];
  return [
    '## Differences',
    'What the stacks do and the topology does not mean. Do not deploy before each is explained.',
    all
      .slice(0, DIFFERENCES_LISTED)
      .map((line) => `- ${plain(line)}`)
      .join('\n'),
    ...(all.length > DIFFERENCES_LISTED
      ? [`… and ${number(all.length - DIFFERENCES_LISTED)} more, printed by the command.`]
      : []),
  ];
}

function access({ access: matrix }: Review): string[] {
  const { consumerAccounts, streamAccounts, outsideAccount } = matrix.principals;
  const findings = summarize(matrix);
  const elsewhere = findings.filter(
    ({ resources: [first] }) => first?.policyIsElsewhere && first.stackId === '',
  );
  return [
    '## Access',
    'Every answer is the outcome of IAM policy evaluation of the documents in the stacks, both sides together, with the statements that decided. What is not allowed here is denied.',
    [
      `- Consumer accounts: ${some(consumerAccounts, LISTED)}.`,
      `- Accounts with streams: ${some(streamAccounts, LISTED)}.`,
      `- For the outside account stands ${outsideAccount}, for a role of which the stacks know nothing \`NotOfTheseStacks\`. Of other accounts such a role is an administrator, so that all depends on the policy of the resource.`,
      `- Of the other accounts with streams, the ${NEIGHBOURS} next in order are asked about each resource, and all that its policy names.`,
      '- Questions that differ in the numbers of accounts only are evaluated once.',
    ].join('\n'),
    ...findings
      .filter((finding) => !elsewhere.includes(finding))
      .flatMap((finding) => [`### ${heading(finding)}`, asked(finding), rows(finding)]),
    '### What the roles could reach elsewhere',
    'What else the accounts may hold, and tables of the same names in the outside account, as if their own policies allowed everything: what the policies of the roles let through by themselves.',
    table(['who', 'may', 'of', 'in'], rowsElsewhere(elsewhere)),
  ];
}

/** Kinds of which a role may do the same in the same accounts, in one row. */
function rowsElsewhere(findings: readonly Finding[]): string[][] {
  const kinds = new Map<string, { row: string[]; kinds: string[] }>();
  for (const { kind, resources, rows: all } of findings) {
    const accounts = [...new Set(resources.map(({ account }) => account))];
    const place =
      accounts.length === 1
        ? `account ${accounts[0]}`
        : `${number(accounts.length)} accounts: ${some(accounts, LISTED)}`;
    for (const row of all) {
      const key = [row.who, may(row), place].join();
      const own = kinds.get(key)?.kinds ?? [];
      kinds.set(key, { row: [plain(row.who), may(row), place], kinds: [...own, kind] });
    }
  }
  return [...kinds.values()].map(({ row: [who = '', what = '', place = ''], kinds: own }) => [
    who,
    what,
    [...new Set(own)].map((kind) => `another ${kind}`).join(', '),
    place,
  ]);
}

function heading({ kind, resources }: Finding): string {
  const [first] = resources;
  const names = [...new Set(resources.map(({ name }) => code(name)))];
  const accounts = [...new Set(resources.map(({ account }) => account))];
  if (kind === 'account') return `All of account ${some(accounts, LISTED)}`;
  const what =
    first?.policyIsElsewhere && first.name.startsWith('arn:')
      ? `${kind} (not in these stacks)`
      : kind;
  return `${capital(what)} ${some(names, LISTED)} in ${accounts.length === 1 ? `account ${accounts[0]}` : `${number(accounts.length)} accounts: ${some(accounts, LISTED)}`}`;
}

function asked({ asked: actions }: Finding): string {
  return `Asked: ${actions.map(action).join(', ')}.`;
}

function rows({ rows: all }: Finding): string {
  return table(
    ['who', 'may', 'allowed by', 'all else denied by'],
    all.map((row) => [
      row.accounts.length > 1
        ? `${plain(row.who)} (${number(row.accounts.length)} accounts)`
        : plain(row.who),
      may(row),
      some([...row.allowedBy].sort().map(plain), LISTED) || '–',
      row.deniedBy.map(plain).join(', ') || '–',
    ]),
  );
}

function may({ allowed, differs }: Row): string {
  const text = allowed.map(action).join(', ') || 'nothing';
  return differs ? `**differs:** ${text}` : text;
}

/** The action as code; what is out of the ordinary after it. */
function action(question: string): string {
  const [name = '', ...rest] = question.split(' ');
  return [code(name), plain(rest.join(' '))].filter(Boolean).join(' ');
}

function quotas({ quotas: all }: Review): string[] {
  return [
    '## Quotas',
    table(
      ['quota', 'nearest', 'used', 'limit', '%', 'of', 'source'],
      all.map((quota) => [
        quota.name,
        plain(quota.largest),
        `${number(quota.used)} ${quota.unit}`,
        quota.limit === undefined ? 'none documented' : number(quota.limit),
        quota.limit === undefined ? '–' : `${Math.round(share(quota) * 100)}`,
        number(quota.measured),
        quota.source === undefined ? '–' : `[page](${quota.source})`,
      ]),
    ),
  ];
}

function runtimes({ runtimes: all }: Review): string[] {
  return [
    '## Runtimes',
    `From [AWS's page](${RUNTIMES.source}) of ${RUNTIMES.asOf}; AWS moves days that are still to come.`,
    table(
      [
        'runtime',
        'functions',
        'maintained until',
        'functions created until',
        'functions updated until',
      ],
      all.map(({ name, functions, dates }) => [
        code(name),
        some(functions.map(plain), LISTED),
        dates?.deprecated ?? 'unknown',
        dates?.noCreation ?? 'unknown',
        dates?.noUpdate ?? 'unknown',
      ]),
    ),
  ];
}

function destruction({ replacements, protections }: Review): string[] {
  return [
    '## What destroys',
    'A plan that replaces one of these (`-/+`) or destroys it (`-`) is worth a second look.',
    table(
      ['a change of', 'on', 'means', 'source'],
      replacements.map(({ type, attributes, consequence, source }) => [
        attributes.map(code).join(', '),
        code(type),
        consequence,
        `[page](${source})`,
      ]),
    ),
    '### Protection',
    table(
      ['what', 'which', 'settings', 'destroy'],
      protections.map(({ type, names, settings, unprotected }) => [
        code(type),
        some(names.map(plain), LISTED),
        settings.map(code).join(', '),
        unprotected ? '**deletes it**' : 'is refused or waits',
      ]),
    ),
  ];
}

function functionCode({ code: all }: Review): string[] {
  return [
    '## Code',
    'What the deployment packages are made of, as the topology synthesizes them: with the same SHA-256, of names and content of all files, a package is the same. Files of packages in `node_modules` are left out.',
    table(
      ['function', 'made of', 'SHA-256', 'files'],
      all.map(({ functions, source, hash, own }) => [
        some(functions.map(code), LISTED),
        code(source),
        code(hash),
        some(own.map(code), FILES_LISTED) || '–',
      ]),
    ),
  ];
}

/** What no review of the stacks can tell. */
const ALWAYS = [
  'service control policies and resource control policies of the organization, and session policies: they can only deny',
  'roles, policies and grants that others make in these accounts',
  'what the deploy roles of Terraform may do',
];

function notEvaluated({ deployment }: Review): string[] {
  return [
    '## Not evaluated',
    [...deployment.notEvaluated.map(({ what }) => plain(what)), ...ALWAYS]
      .map((line) => `- ${line}`)
      .join('\n'),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
