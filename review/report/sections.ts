import { createHash } from 'node:crypto';
import type { Access } from '../access/access';
import type { AccessModel } from '../access/model';
import type { Code } from '../changes/code';
import type { Block, Finding, Graph, Section, Text } from '../model';
import type { Stack } from '../read/stacks';
import { ACCESS_HEAD, accessRows } from './access-rows';
import {
  anchor,
  code,
  list,
  number,
  paragraph,
  plural,
  some,
  strong,
  table,
  tableOf,
  text,
} from './words';

/** A section with what it says in short. */
export interface Answer extends Section {
  readonly answer: Text;
}

const LEGEND =
  'Solid arrows carry changes. Dashed arrows are alarms, and access without an event source mapping; dotted ones end where the role may not read.';

/** What a reviewer reads first: the answers and the picture. */
export function summary(answers: readonly Answer[], graph?: Graph): Section {
  const rows = answers.map(({ title, answer }) => [
    { link: title, to: `#${anchor(title)}` },
    answer,
  ]);
  const picture: Block[] = graph ? [{ kind: 'graph', graph }, paragraph(LEGEND)] : [];
  return { title: 'Summary', blocks: [table(['question', 'answer'], rows), ...picture] };
}

/** @param comparison where a folder differs from the topology, if one was compared */
export function comparisonSection(
  stacks: readonly Stack[],
  all: readonly Code[],
  comparison: readonly Finding[] | undefined,
): Answer {
  const stops = comparison?.filter((finding) => finding.stops) ?? [];
  const isSame = comparison ? 'yes, file by file' : 'yes, synthesized for this review';
  const answer = stops.length === 0 ? isSame : strong(`no, in ${plural(stops.length, 'place')}`);
  const configurations = stacks.map(({ id, account, json }) => [
    code(id),
    code(account),
    code(createHash('sha256').update(JSON.stringify(json)).digest('hex')),
  ]);
  const packages = all.map(({ name, source, hash, files }) => [
    code(name),
    code(source),
    code(hash),
    some(Object.keys(files).map(code), 100),
  ]);
  return {
    title: 'Is this what the topology says?',
    answer,
    blocks: [
      paragraph(text`In short: ${answer}.`),
      ...findingTable(comparison ?? []),
      table(
        ['stack', 'account', 'SHA-256 of the configuration'],
        configurations,
        plural(stacks.length, 'stack'),
      ),
      ...tableOf(
        ['function', 'made of', 'SHA-256 of the package', 'files'],
        packages,
        'Code of the functions',
      ),
    ],
  };
}

/** What no review of the stacks can see. */
const NEVER_EVALUATED = [
  'service control policies and resource control policies of the organization, and session policies: they can only deny',
  'roles, policies and grants that others make in these accounts',
  'what the deploy roles of Terraform may do',
];

/** The questions that are answered with yes, with the statements that decide. */
export function accessSection(
  { asked, allowed, granted }: Access,
  { notEvaluated }: AccessModel,
): Answer {
  const counted = `${plural(asked, 'question')} evaluated: ${number(allowed.length)} allowed, ${number(asked - allowed.length)} denied`;
  const policies = list(notEvaluated.map(({ policyArn }) => policyArn));
  const answer =
    notEvaluated.length === 0 ? counted : text`${counted}; ${strong('not evaluated:')} ${policies}`;
  const ofTopology =
    'whether resources allow what role.statements do, which is shown as it is written';
  const items = [
    ...notEvaluated.map(({ what }) => what),
    ...(granted.length > allowed.length ? [ofTopology] : []),
    ...NEVER_EVALUATED,
  ];
  return {
    title: 'Who may read what?',
    answer,
    blocks: [
      paragraph(text`${answer}. Policies of both sides are evaluated as IAM does it.`),
      ...tableOf(ACCESS_HEAD, accessRows(granted)),
      { kind: 'list', folded: 'What is not evaluated', items },
    ],
  };
}

export function findingsSection(findings: readonly Finding[]): Answer {
  const stops = findings.filter((finding) => finding.stops);
  const notes = findingTable(findings.filter((finding) => !finding.stops));
  const isFine = stops.length === 0;
  return {
    title: 'What should stop me?',
    answer: isFine ? 'nothing' : strong(plural(stops.length, 'finding')),
    blocks: [
      paragraph(isFine ? 'Nothing.' : 'Do not deploy before each of these is explained.'),
      ...findingTable(stops),
      ...notes.flatMap((found) => [paragraph('Worth knowing:'), found]),
    ],
  };
}

function findingTable(findings: readonly Finding[]): Block[] {
  const rows = findings.map(({ rule, place, message, copied }) => [
    rule,
    code(place),
    copied === undefined ? message : text`${message} ${code(copied)}`,
  ]);
  return tableOf(['rule', 'place', 'what is found'], rows);
}
