import { type AccessAnswer, questionOf } from '../access/answers';
import { groupBy, unique } from '../lists';
import type { Block, Section, Text } from '../model';
import type { Stack } from '../read/stacks';
import type { Answer } from '../report/sections';
import { code, list, paragraph, plural, some, strong, table, text } from '../report/words';
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

const RUNS =
  /^((provider|terraform) |data\.terraform_remote_state (backend|config)|aws_lambda_function (runtime|handler|role|layers|environment|architectures|package_type|image_uri|vpc_config|reserved)|aws_iam_role(_policy_attachment)? )/;

/** The first topic that has an attribute of a type shows it, so that none is left out. */
const TOPICS = {
  'Who deploys and runs it': RUNS,
  Subscriptions: /^aws_lambda_event_source_mapping /,
  Alarms: /^aws_(cloudwatch_metric_alarm|sns_\w+) /,
  Policies: /^(data\.aws_iam_policy_document|aws_\w*policy) /,
  'Other attributes': /./,
};

/** Rows that a table has before it is folded. */
const UNFOLDED = 10;

/** What a change of the topology, of functions or of code folders changes in the stacks. */
export function whatChanged(before: (Before & Side) | undefined, now: Side): Answer {
  const section = { id: 'what-changed', title: 'What changed?' };
  if (!before) {
    const answer = text`not compared: ${code('npm run review -- --against <ref>')}`;
    return { ...section, answer, blocks: [paragraph(answer)] };
  }
  const { ref, commit, generator, topology, stacks: old } = before;
  const blocks = [
    ...(generator.length > 0 ? [otherGenerator(before)] : []),
    paragraph(text`Compared with ${code(ref)} (${commit}).`),
  ];
  if (!topology) {
    const answer = 'The topology file is not there yet: everything is new.';
    return { ...section, answer, blocks: [...blocks, paragraph(answer)] };
  }
  const [added, removed] = [without(now.stacks, old, idOf), without(old, now.stacks, idOf)];
  const ofOneSide = new Set([...added, ...removed].map(idOf));
  // Archives are in the table of the code, by what is in them.
  const all = differences(old, now.stacks).filter(({ type }) => type !== 'data.archive_file');
  const topicOf = (difference: Difference) =>
    ofOneSide.has(difference.stack) && !STEERING.test(keyOf(difference))
      ? 'All of the new and removed stacks'
      : Object.entries(TOPICS).find(([, has]) => has.test(keyOf(difference)))?.[0];
  const inBoth = all.filter(({ stack }) => !ofOneSide.has(stack));
  const tables: Readonly<Record<string, Block | undefined>> = {
    Access: accessTable(before.allowed, now.allowed),
    'Who deploys and runs it': undefined,
    Subscriptions: undefined,
    'Replaced or destroyed': replacedTable(inBoth, old, now.stacks),
    Code: codeTable(before.code, now.code),
    Alarms: undefined,
    Policies: undefined,
    'Other attributes': undefined,
    ...Object.fromEntries(
      groupBy(all, topicOf).map((own) => [topicOf(own[0]), attributeTable(own)]),
    ),
  };
  const sections = Object.entries(tables).flatMap(([title, block]) =>
    block ? subsection(title, block) : [],
  );
  const what = [
    ...(added.length > 0 ? [plural(added.length, 'new stack')] : []),
    ...(removed.length > 0 ? [plural(removed.length, 'removed stack')] : []),
    ...sections.map(({ title }) => title.toLowerCase()),
  ];
  const answer = `since ${ref}: ${what.join(', ') || 'nothing'}`;
  return {
    ...section,
    answer,
    blocks: [
      ...blocks,
      stackTable(added, removed) ??
        paragraph(sections.length > 0 ? 'No stack is new or removed.' : 'Nothing changed.'),
    ],
    sections,
  };
}

function otherGenerator({ ref, generator }: Before): Block {
  const differ = strong(`The generator or its dependencies differ from ${ref}`);
  return paragraph(
    text`${differ}: ${some(generator.map(code))}. Both sides are synthesized by the generator of the working directory: what its own changes do to the stacks is not shown.`,
  );
}

function subsection(title: string, table: Block): Section {
  return { id: `changed-${title.toLowerCase().replaceAll(' ', '-')}`, title, blocks: [table] };
}

function tableOf(head: readonly string[], rows: readonly (readonly Text[])[]): Block | undefined {
  if (rows.length === 0) return undefined;
  const folded = rows.length > UNFOLDED ? plural(rows.length, 'row') : undefined;
  return table(head, rows, folded);
}

function stackTable(added: readonly Stack[], removed: readonly Stack[]): Block | undefined {
  const stays = strong('removed; what it deployed stays until it is destroyed');
  return tableOf(
    ['', 'stack', 'account', 'deployed by', 'state'],
    [
      ...added.map((stack) => [strong('new'), ...placeOf(stack)]),
      ...removed.map((stack) => [stays, ...placeOf(stack)]),
    ],
  );
}

/** Where a stack is deployed, by whom, and where its state is. */
function placeOf({ id, json, account, region }: Stack): Text[] {
  const [role] = (json.provider?.aws?.[0]?.assume_role ?? []) as { role_arn?: string }[];
  const { s3 } = Object(json.terraform?.backend) as { s3?: { bucket?: string; key?: string } };
  return [
    code(id),
    text`${code(account)} in ${code(region)}`,
    role?.role_arn ? code(role.role_arn) : 'the credentials of whoever runs Terraform',
    code(`s3://${s3?.bucket}/${s3?.key}`),
  ];
}

function idOf({ id }: Stack): string {
  return id;
}

function keyOf({ type, attribute }: Difference): string {
  return `${type} ${attribute}`;
}

/** Alike differences are one row. */
function attributeTable(all: readonly Difference[]): Block | undefined {
  const alike = groupBy(all, (each) => [keyOf(each), each.before, each.after]);
  const rows = alike.map((own) => {
    const [first] = own;
    const key = code(keyOf(first));
    return [
      STEERING.test(keyOf(first)) ? text`${key} ${strong('steers the runtime or the SDK')}` : key,
      first.before === undefined ? '–' : code(first.before),
      first.after === undefined ? '–' : code(first.after),
      some(
        own.map(({ stack, name }) => code(`${stack} ${name}`.trim())),
        3,
      ),
    ];
  });
  return tableOf(['attribute', 'before', 'after', 'where'], rows);
}

function replacedTable(
  all: readonly Difference[],
  old: readonly Stack[],
  now: readonly Stack[],
): Block | undefined {
  const fates = all.flatMap((difference) => {
    if (!isThere(old, difference)) return [];
    const { stack, type, name, attribute } = difference;
    const [what, by] = isThere(now, difference)
      ? [consequence(difference), attribute]
      : ['is destroyed', ''];
    return what === undefined ? [] : [{ type, what, by, where: `${stack} ${name}`.trim() }];
  });
  const rows = groupBy(fates, ({ type, what, by }) => [type, what, by]).map((own) => {
    const [{ type, what, by }] = own;
    const where = unique(own.map((each) => each.where));
    return [code(type), strong(what), by, some(where.map(code))];
  });
  return tableOf(['what', '', 'by a change of', 'where'], rows);
}

/** Whether a stack, or a resource of one, is on a side. */
function isThere(stacks: readonly Stack[], { stack, type, name }: Difference): boolean {
  const found = stacks.find(({ id }) => id === stack);
  return (
    found !== undefined &&
    (type === 'terraform' || found.json.resource?.[type]?.[name] !== undefined)
  );
}

function codeTable(old: readonly Code[], now: readonly Code[]): Block | undefined {
  const rows = unique([...old, ...now].flatMap(({ functions }) => functions)).flatMap((name) => {
    const [before, after] = [old, now].map((all) =>
      all.find(({ functions }) => functions.includes(name)),
    );
    if (before?.hash === after?.hash && before?.source === after?.source) return [];
    const names = unique([before, after].flatMap((each) => Object.keys(each?.files ?? {})));
    const files = names.filter((file) => before?.files[file] !== after?.files[file]);
    const why = files.length > 0 ? some(files.map(code)) : 'none: a package or the list of tables';
    return [[code(name), codeText(before), codeText(after), why]];
  });
  return tableOf(['function', 'before', 'after', 'files of its own that differ'], rows);
}

function codeText(each: Code | undefined): Text {
  return each ? text`${code(each.source)} ${code(each.hash.slice(0, 16))}` : '–';
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
  const ofOne = groupBy(changed, (answer) => [
    answer.what,
    answer.principal.arn,
    subjectOf(answer),
  ]);
  const alike = groupBy(
    ofOne.map((own) => ({ ...own[0], actions: unique(own.map(questionOf)) })),
    ({ what, principal, target: { kind, name }, actions }) => [
      what,
      principal.arn,
      kind,
      name,
      actions,
    ],
  );
  const rows = alike.map((own) => {
    const [{ what, principal, target, actions, by }] = own;
    const accounts = some(own.map((each) => code(each.target.account)));
    return [
      principal.label,
      strong(what),
      list(actions.map(code)),
      text`${target.kind} ${code(target.name)} of ${accounts}`,
      list(by),
    ];
  });
  return tableOf(['who', '', 'what', 'on', 'by'], rows);
}

function answerKey(answer: AccessAnswer): string {
  return JSON.stringify([answer.principal.arn, questionOf(answer), subjectOf(answer)]);
}

/** Without ids, which each side counts. */
function subjectOf({ target: { kind, name, account } }: AccessAnswer): string[] {
  return [kind, name, account];
}

function without<T>(all: readonly T[], others: readonly T[], key: (each: T) => string): T[] {
  const known = new Set(others.map(key));
  return all.filter((each) => !known.has(key(each)));
}
