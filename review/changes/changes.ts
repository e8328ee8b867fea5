import type { ResolvedTopology } from '../../topology/resolve';
import { type AccessAnswer, questionOf } from '../access/access';
import { covers } from '../access/unintended';
import { groupBy, unique } from '../lists';
import type { Block, Finding, Row, Section, Text } from '../model';
import type { Stack } from '../read/stacks';
import { ACCESS_HEAD, accessRows } from '../report/access-rows';
import type { Answer } from '../report/sections';
import { code, foldable, paragraph, plural, some, strong, text } from '../report/words';
import { ofCode } from '../rules/poller-only';
import type { Before } from './at-ref';
import type { Code } from './code';
import { type Difference, differences } from './differences';
import { stateOf } from './moved';
import { consequence } from './replacements';

export interface Side {
  readonly stacks: readonly Stack[];
  readonly code: readonly Code[];
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
const OF_ONE_SIDE = 'All of the new and removed stacks';

/** What a change of the topology, of functions or of code folders changes in the stacks. */
export function whatChanged(
  before: (Before & Side) | undefined,
  now: Side & { readonly topology: ResolvedTopology },
  moves: readonly Finding[] = [],
): Answer {
  const title = 'What changed?';
  if (!before) {
    const answer = text`not compared: ${code('npm run review -- --against <ref>')}`;
    return { title, answer, blocks: [paragraph(answer)] };
  }
  const { ref, commit, generator, topology } = before;
  const differ = strong(`The generator or its dependencies differ from ${ref}`);
  const warning = text`${differ}: ${some(generator.map(code))}. Both sides are synthesized by the generator of the working directory: what its own changes do to the stacks is not shown.`;
  const blocks = [
    ...(generator.length > 0 ? [paragraph(warning)] : []),
    paragraph(text`Compared with ${code(ref)} (${commit}).`),
  ];
  if (!topology) {
    const answer = 'The topology file is not there yet: everything is new.';
    return { title, answer, blocks: [...blocks, paragraph(answer)] };
  }
  const added = without(now.stacks, before.stacks, ({ id }) => id);
  const removed = without(before.stacks, now.stacks, ({ id }) => id);
  const byCode = pollerOnlyChanges(topology, now.topology);
  const sections = sectionsOf(before, now, [...added, ...removed], byCode);
  const what = [
    ...(added.length > 0 ? [plural(added.length, 'new stack')] : []),
    ...(removed.length > 0 ? [plural(removed.length, 'removed stack')] : []),
    ...sections.map((section) => section.title.toLowerCase()),
  ];
  const stacks = stackTable(added, removed, moves);
  const none = sections.length > 0 ? 'No stack is new or removed.' : 'Nothing changed.';
  return {
    title,
    answer: `since ${ref}: ${what.join(', ') || 'nothing'}`,
    blocks: [...blocks, ...(stacks.length > 0 ? stacks : [paragraph(none)])],
    sections,
  };
}

function sectionsOf(
  before: Side,
  now: Side,
  ofOneSide: readonly Stack[],
  byCode: readonly Block[],
): Section[] {
  const ids = new Set(ofOneSide.map(({ id }) => id));
  // Archives are in the table of the code, by what is in them.
  const all = differences(before.stacks, now.stacks).filter(
    ({ type }) => type !== 'data.archive_file',
  );
  const inBoth = all.filter(({ stack }) => !ids.has(stack));
  const topicOf = ({ stack, key }: Difference) =>
    ids.has(stack) && !STEERING.test(key)
      ? OF_ONE_SIDE
      : Object.entries(TOPICS).find(([, has]) => has.test(key))?.[0];
  const tables = {
    Access: [...byCode, ...accessTable(before.allowed, now.allowed)],
    'Replaced or destroyed': replacedTable(inBoth, before.stacks, now.stacks),
    Code: codeTable(before.code, now.code),
    ...Object.fromEntries(
      [...Object.keys(TOPICS), OF_ONE_SIDE].map((topic) => [
        topic,
        attributeTable(all.filter((each) => topicOf(each) === topic)),
      ]),
    ),
  };
  return Object.entries(tables)
    .filter(([, blocks]) => blocks.length > 0)
    .map(([title, blocks]) => ({ title, blocks }));
}

function stackTable(
  added: readonly Stack[],
  removed: readonly Stack[],
  moves: readonly Finding[],
): Block[] {
  const isMoved = ({ id }: Stack) => moves.some(({ place }) => place === id);
  const rows = [
    ...added.map((stack) => ({ stack, fate: 'new' })),
    ...removed.map((stack) => ({
      stack,
      fate: isMoved(stack)
        ? 'removed; another stack has what it deployed: do not destroy it'
        : 'removed; what it deployed stays until it is destroyed',
    })),
  ].map(({ stack, fate }): Row => {
    const { id, account, region } = stack;
    const role = stack.json.provider.aws[0].assume_role?.[0]?.role_arn;
    return [
      strong(fate),
      code(id),
      text`${code(account)} in ${code(region)}`,
      role ? code(role) : 'the credentials of whoever runs Terraform',
      code(stateOf(stack)),
    ];
  });
  return foldable(['', 'stack', 'account', 'deployed by', 'state'], rows);
}

function attributeTable(all: readonly Difference[]): Block[] {
  const rows = groupBy(all, ({ key, before, after }) => [key, before, after]).map((own) => {
    const [{ key, before, after }] = own;
    const steers = strong('steers the runtime or the SDK');
    const where = own.map((each) => code(each.where));
    return [
      STEERING.test(key) ? text`${code(key)} ${steers}` : code(key),
      before === undefined ? '–' : code(before),
      after === undefined ? '–' : code(after),
      some(where, 3),
    ];
  });
  return foldable(['attribute', 'before', 'after', 'where'], rows);
}

function replacedTable(
  all: readonly Difference[],
  old: readonly Stack[],
  now: readonly Stack[],
): Block[] {
  const fates = all
    .filter((each) => isThere(old, each))
    .map((each) =>
      isThere(now, each)
        ? { ...each, fate: consequence(each) }
        : { ...each, fate: 'is destroyed', attribute: '' },
    )
    .filter(({ fate }) => fate !== '');
  const alike = groupBy(fates, ({ type, fate, attribute }) => [type, fate, attribute]);
  const rows = alike.map((own) => {
    const [{ type, fate, attribute }] = own;
    const where = unique(own.map((each) => each.where));
    return [code(type), strong(fate), attribute, some(where.map(code))];
  });
  return foldable(['what', '', 'by a change of', 'where'], rows);
}

/** Whether a resource is on a side, of a stack that is. */
function isThere(stacks: readonly Stack[], { stack, type, name }: Difference): boolean {
  const found = stacks.find(({ id }) => id === stack);
  return type === 'terraform' || found?.json.resource?.[type]?.[name] !== undefined;
}

function codeTable(old: readonly Code[], now: readonly Code[]): Block[] {
  const rows = unique([...old, ...now].map(({ name }) => name)).flatMap((name) => {
    const [before, after] = [old, now].map((all) => all.find((each) => each.name === name));
    if (before?.hash === after?.hash && before?.source === after?.source) return [];
    const all = unique([before, after].flatMap((each) => Object.keys(each?.files ?? {})));
    const files = all.filter((file) => before?.files[file] !== after?.files[file]);
    const why = files.length > 0 ? some(files.map(code)) : 'none: a package or the list of tables';
    return [[code(name), codeText(before), codeText(after), why]];
  });
  return foldable(['function', 'before', 'after', 'files of its own that differ'], rows);
}

function codeText(each: Code | undefined): Text {
  return each ? text`${code(each.source)} ${code(each.hash.slice(0, 16))}` : '–';
}

function accessTable(old: readonly AccessAnswer[], now: readonly AccessAnswer[]): Block[] {
  const [who = '', ...head] = ACCESS_HEAD;
  const rows = Object.entries({ 'may now': [now, old], 'may no longer': [old, now] } as const);
  return foldable(
    [who, '', ...head],
    rows.flatMap(([what, [some, others]]) =>
      accessRows(withoutCovered(without(some, others, answerKey), others)).map(
        ([each = '', ...cells]) => [each, strong(what), ...cells],
      ),
    ),
  );
}

/** In the policies it is a condition of many statements. */
function pollerOnlyChanges(old: ResolvedTopology, now: ResolvedTopology): Block[] {
  const isOn = new Map(old.consumers.map(({ name, role }) => [name, role.pollerOnly]));
  return now.consumers
    .filter(({ name, role }) => role.pollerOnly !== (isOn.get(name) ?? true))
    .map((consumer) => {
      const setting = code(`consumers.${consumer.name}.role.pollerOnly`);
      const [value, may] = consumer.role.pollerOnly ? ['true', 'no longer'] : ['false', 'itself'];
      return paragraph(
        text`${setting} is ${strong(value)} now: ${ofCode(consumer, `may ${may}`)}.`,
      );
    });
}

/** Without ARNs, as each side counts ids. */
function answerKey({ principal, target: { kind, name, account }, ...answer }: AccessAnswer) {
  return JSON.stringify([principal.arn, questionOf(answer), kind, name, account]);
}

/** Without statements of the topology that a wider one of the other side has as well. */
function withoutCovered(all: readonly AccessAnswer[], others: readonly AccessAnswer[]) {
  const isWider = (other: AccessAnswer, each: AccessAnswer) =>
    other.target.kind === 'resource' &&
    other.principal.arn === each.principal.arn &&
    (!other.part || other.part === each.part) &&
    covers(other.action.toLowerCase(), each.action.toLowerCase()) &&
    covers(other.target.arn, each.target.arn);
  return all.filter(
    (each) => each.target.kind !== 'resource' || !others.some((other) => isWider(other, each)),
  );
}

function without<T>(all: readonly T[], others: readonly T[], key: (each: T) => string): T[] {
  const known = new Set(others.map(key));
  return all.filter((each) => !known.has(key(each)));
}
