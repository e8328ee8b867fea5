import { type AccessAnswer, questionOf } from '../access/answers';
import { groupBy, unique } from '../lists';
import type { Block, Section, Text } from '../model';
import type { Stack } from '../read/stacks';
import type { Answer } from '../report/sections';
import { code, joined, plural, some, strong } from '../report/words';
import type { Before } from './at-ref';
import type { Code } from './code';
import { type Difference, differences } from './differences';
import { consequence } from './replacements';

/** What is compared on both sides. */
export interface Side {
  readonly stacks: readonly Stack[];
  readonly code: readonly Code[];
  /** Everything that was asked and is allowed. */
  readonly allowed: readonly AccessAnswer[];
}

/** Variables that the runtime, the AWS SDK or the operating system reads. */
const STEERING =
  /^aws_lambda_function environment\.variables\.(AWS_|_?LAMBDA_|NODE_|LD_|PYTHON|RUBY|GEM_|DOTNET_|_?JAVA_|JDK_|SSL_|OPENSSL_|PATH$|\w+_PROXY$)/i;

/** Attributes by type: the first topic that has one shows it, so that none is left out. */
const TOPICS: readonly (readonly [title: string, has: RegExp])[] = [
  [
    'Who deploys and runs it',
    /^((provider|terraform) |data\.terraform_remote_state (backend|config)|aws_lambda_function (runtime|handler|role|layers|environment|architectures|package_type|image_uri|vpc_config|reserved)|aws_iam_role(_policy_attachment)? )/,
  ],
  ['Subscriptions', /^aws_lambda_event_source_mapping /],
  ['Alarms', /^aws_(cloudwatch_metric_alarm|sns_\w+) /],
  ['Policies', /^(data\.aws_iam_policy_document|aws_\w*policy) /],
  ['Other attributes', /./],
];

/** Rows that a table has before it is folded. */
const UNFOLDED = 10;

/** What a change of the topology, of functions or of code folders changes in the stacks. */
export function whatChanged(before: (Before & Side) | undefined, now: Side): Answer {
  const section = { id: 'what-changed', title: 'What changed?' };
  if (!before) {
    const answer = joined(['not compared: ', code('npm run review -- --against <ref>')], '');
    return { ...section, answer, blocks: [paragraph(answer)] };
  }
  const { ref, commit, generator, topology, stacks } = before;
  const compared = joined(['Compared with ', code(ref), ` (${commit}).`], '');
  const differs = joined(
    [
      strong(`The generator or its dependencies differ from ${ref}`),
      ': ',
      some(generator.map(code)),
      '. Both sides are synthesized by the generator of the working directory: what its own changes do to the stacks is not shown.',
    ],
    '',
  );
  const blocks = [...(generator.length > 0 ? [differs] : []), compared].map(paragraph);
  if (!topology) {
    const isNew = 'The topology file is not there yet: everything is new.';
    return { ...section, answer: isNew, blocks: [...blocks, paragraph(isNew)] };
  }
  const [added, removed] = [
    without(now.stacks, stacks, ({ id }) => id),
    without(stacks, now.stacks, ({ id }) => id),
  ];
  const whole = new Set([...added, ...removed].map(({ id }) => id));
  // Archives are in the table of the code, by what is in them.
  const all = differences(stacks, now.stacks).filter(({ type }) => type !== 'data.archive_file');
  const isOfWhole = (difference: Difference) =>
    whole.has(difference.stack) && !STEERING.test(keyOf(difference));
  const others = all.filter((difference) => !isOfWhole(difference));
  const byTopic = groupBy(others, topicOf);
  const topics = TOPICS.map(([title]) =>
    subsection(title, attributeTable(byTopic.find(([first]) => first && topicOf(first) === title))),
  );
  const [who, subscriptions, ...rest] = topics;
  const sections = [
    subsection('Access', accessTable(before.allowed, now.allowed)),
    who,
    subscriptions,
    subsection('Replaced or destroyed', replacedTable(others, stacks, now.stacks)),
    subsection('Code', codeTable(before.code, now.code)),
    ...rest,
    subsection('All of the new and removed stacks', attributeTable(all.filter(isOfWhole))),
  ].flatMap((each) => each ?? []);
  const counts = [
    plural(others.length, 'attribute'),
    plural(added.length, 'new stack'),
    plural(removed.length, 'removed stack'),
  ].join(', ');
  const answer = sections.length === 0 ? `nothing since ${ref}` : `since ${ref}: ${counts}`;
  return {
    ...section,
    answer,
    blocks: [
      ...blocks,
      ...stackList(added, removed),
      ...(sections.length > 0 ? [] : [paragraph('Nothing changed.')]),
    ],
    sections,
  };
}

function paragraph(text: Text): Block {
  return { kind: 'paragraph', text };
}

function subsection(title: string, table: Block | undefined): Section | undefined {
  return (
    table && { id: `changed-${title.toLowerCase().replaceAll(' ', '-')}`, title, blocks: [table] }
  );
}

function tableOf(head: readonly string[], rows: readonly (readonly Text[])[]): Block | undefined {
  if (rows.length === 0) return undefined;
  return {
    kind: 'table',
    head,
    rows,
    folded: rows.length > UNFOLDED ? plural(rows.length, 'row') : undefined,
  };
}

function stackList(added: readonly Stack[], removed: readonly Stack[]): Block[] {
  const rows = [
    ...added.map((stack) => [strong('new'), ...placeOf(stack)]),
    ...removed.map((stack) => [
      strong('removed; what it deployed stays until it is destroyed'),
      ...placeOf(stack),
    ]),
  ];
  return [tableOf(['', 'stack', 'account', 'deployed by', 'state'], rows)].flatMap(
    (table) => table ?? [],
  );
}

/** Where a stack is deployed, by whom, and where its state is. */
function placeOf({ id, json, account, region }: Stack): Text[] {
  const [role] = (json.provider?.aws?.[0]?.assume_role ?? []) as { role_arn?: string }[];
  const { s3 } = Object(json.terraform?.backend) as { s3?: { bucket?: string; key?: string } };
  return [
    code(id),
    joined([code(account), ' in ', code(region)], ''),
    role?.role_arn ? code(role.role_arn) : 'the credentials of whoever runs Terraform',
    code(`s3://${s3?.bucket}/${s3?.key}`),
  ];
}

function keyOf({ type, attribute }: Difference): string {
  return `${type} ${attribute}`;
}

function topicOf(difference: Difference): string {
  return TOPICS.find(([, has]) => has.test(keyOf(difference)))?.[0] ?? '';
}

/** Alike differences are one row. */
function attributeTable(all: readonly Difference[] = []): Block | undefined {
  const alike = groupBy(all, ({ before, after, ...each }) =>
    JSON.stringify([keyOf(each as Difference), before, after]),
  );
  const rows = firsts(alike).map(([first, own]) => [
    STEERING.test(keyOf(first))
      ? joined([code(keyOf(first)), strong('steers the runtime or the SDK')], ' ')
      : code(keyOf(first)),
    valueText(first.before),
    valueText(first.after),
    some(
      own.map(({ stack, name }) => code(`${stack} ${name}`.trim())),
      3,
    ),
  ]);
  return tableOf(['attribute', 'before', 'after', 'where'], rows);
}

function valueText(value: string | undefined): Text {
  return value === undefined ? '–' : code(value);
}

function replacedTable(
  all: readonly Difference[],
  old: readonly Stack[],
  now: readonly Stack[],
): Block | undefined {
  const rows = all.flatMap((difference) => {
    if (!hasResource(old, difference)) return [];
    const isDestroyed = !hasResource(now, difference);
    const what = isDestroyed ? 'is destroyed' : consequence(difference);
    if (what === undefined) return [];
    const { stack, type, name, attribute } = difference;
    return [
      [code(stack), code(`${type}.${name}`), strong(what), isDestroyed ? '' : code(attribute)],
    ];
  });
  return tableOf(
    ['stack', 'resource', '', 'by a change of'],
    firsts(groupBy(rows, (row) => JSON.stringify(row))).map(([row]) => row),
  );
}

function hasResource(stacks: readonly Stack[], { stack, type, name }: Difference): boolean {
  return stacks.some(({ id, json }) => id === stack && json.resource?.[type]?.[name] !== undefined);
}

function codeTable(old: readonly Code[], now: readonly Code[]): Block | undefined {
  const rows = unique([...old, ...now].flatMap(({ functions }) => functions)).flatMap((name) => {
    const [before, after] = [old, now].map((all) =>
      all.find(({ functions }) => functions.includes(name)),
    );
    if (before?.hash === after?.hash && before?.source === after?.source) return [];
    const names = unique([before, after].flatMap((each) => Object.keys(each?.files ?? {})));
    const files = names.filter((file) => before?.files[file] !== after?.files[file]);
    return [
      [
        code(name),
        codeText(before),
        codeText(after),
        files.length > 0 ? some(files.map(code)) : 'none: a package or the list of tables',
      ],
    ];
  });
  return tableOf(['function', 'before', 'after', 'files of its own that differ'], rows);
}

function codeText(each: Code | undefined): Text {
  return each ? joined([code(each.source), code(each.hash.slice(0, 16))], ' ') : '–';
}

/** Who gets access or loses it, alike resources together. */
function accessTable(
  old: readonly AccessAnswer[],
  now: readonly AccessAnswer[],
): Block | undefined {
  const changed = [
    ...without(now, old, answerKey).map((answer) => ({ ...answer, what: 'may now' })),
    ...without(old, now, answerKey).map((answer) => ({ ...answer, what: 'may no longer' })),
  ];
  const ofOne = groupBy(changed, ({ what, principal, target }) =>
    JSON.stringify([what, principal.arn, placeKey(target)]),
  );
  const alike = groupBy(
    firsts(ofOne).map(([first, own]) => ({ ...first, actions: unique(own.map(questionOf)) })),
    ({ what, principal, target: { kind, name }, actions }) =>
      JSON.stringify([what, principal.arn, kind, name, actions]),
  );
  const rows = firsts(alike).map(([{ what, principal, target, actions, by }, own]) => [
    principal.label,
    strong(what),
    joined(actions.map(code)),
    joined(
      [
        `${target.kind} `,
        code(target.name),
        ' of ',
        some(own.map((each) => code(each.target.account))),
      ],
      '',
    ),
    joined(by),
  ]);
  return tableOf(['who', '', 'what', 'on', 'by'], rows);
}

function answerKey(answer: AccessAnswer): string {
  return JSON.stringify([answer.principal.arn, questionOf(answer), placeKey(answer.target)]);
}

/** Without ids, which each side counts. */
function placeKey({ kind, name, account }: AccessAnswer['target']): string {
  return JSON.stringify([kind, name, account]);
}

function without<T>(all: readonly T[], others: readonly T[], key: (each: T) => string): T[] {
  const known = new Set(others.map(key));
  return all.filter((each) => !known.has(key(each)));
}

/** The first of each group, with the group. */
function firsts<T>(groups: readonly (readonly T[])[]): [T, readonly T[]][] {
  return groups.flatMap((group) =>
    group.slice(0, 1).map((first): [T, readonly T[]] => [first, group]),
  );
}
