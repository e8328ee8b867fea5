import { oneLine, visible } from '../../topology/unicode';
import type { Block, Graph, Node, Review, Row, Section, Text } from '../model';
import { plural } from './words';

/** Characters: a comment of GitHub has at most 65,536, and a workflow adds a line. */
const LONGEST = 65_000;

/** Rows of a table. */
const MAX_ROWS = 100;

/** What is left out of a text. */
interface Limit {
  /** Characters of one paragraph, list, table or picture. */
  readonly longest: number;
  /** File that has all of it. */
  readonly whole: string;
}

/** A review for a pull request. The same review gives the same text. */
export function writeMarkdown({ name, sections }: Review): string {
  return limited('review.html', (limit) => [
    `# Review of ${code(name)}`,
    ...sections.flatMap((section) => written(section, 2, limit)),
  ]);
}

/**
 * A section alone.
 *
 * @param whole file that has what is too long here
 */
export function writeSection(section: Section, whole: string): string {
  return limited(whole, (limit) => written(section, 2, limit));
}

/** Of what is too long for a comment the longest parts are cut. */
function limited(whole: string, write: (limit: Limit) => readonly string[]): string {
  for (let longest = LONGEST; ; longest *= 0.9) {
    const text = `${write({ longest, whole }).join('\n\n')}\n`;
    if (text.length <= LONGEST || longest < 1) return text;
  }
}

function written({ title, blocks, sections = [] }: Section, level: number, limit: Limit): string[] {
  return [
    `${'#'.repeat(level)} ${text(title)}`,
    ...blocks.flatMap((each) => block(each, limit)),
    ...sections.flatMap((section) => written(section, level + 1, limit)),
  ];
}

function block(content: Block, limit: Limit): string[] {
  const { folded } = content;
  const whole = [unfolded(content, limit)];
  if (folded === undefined) return whole;
  return [`<details><summary>${plain(folded)}</summary>`, ...whole, '</details>'];
}

function unfolded(content: Block, limit: Limit): string {
  switch (content.kind) {
    case 'paragraph':
      return whole(text(content.text), limit);
    case 'list':
      return rows(
        content.items.map((item) => `- ${text(item)}`),
        limit,
      );
    case 'table':
      return table(content.head, content.rows, limit);
    case 'graph':
      return whole(`\`\`\`mermaid\n${flowchart(content.graph)}\n\`\`\``, limit);
  }
}

function whole(content: string, limit: Limit): string {
  return content.length > limit.longest ? `Too long for a comment: see ${limit.whole}` : content;
}

function table(head: readonly string[], cells: readonly Row[], limit: Limit): string {
  const line = (row: Row) => `| ${row.map(text).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, rows(cells.map(line), limit)].join('\n');
}

function rows(all: readonly string[], limit: Limit): string {
  let length = 0;
  const isOver = (row: string, index: number) => {
    length += row.length + 1;
    return index === MAX_ROWS || length > limit.longest;
  };
  const over = all.findIndex(isOver);
  if (over === -1) return all.join('\n');
  const rest = `${plural(all.length - over, 'more row')}: see ${limit.whole}`;
  return [...all.slice(0, over), `\n${rest}`].join('\n');
}

/** What begins like a list or a rule is neither. */
function text(content: Text): string {
  return inline(content).replace(/^(\d*)(?=[-+=.)])/, '$1\\');
}

function inline(content: Text): string {
  if (typeof content === 'string') return plain(content);
  if ('code' in content) return code(content.code);
  if ('strong' in content) return `**${plain(content.strong)}**`;
  if ('link' in content) return `[${plain(content.link)}](${content.to})`;
  return content.map(inline).join('');
}

/**
 * Text as it is, whatever Markdown, HTML or a terminal would make of it: no link, no formula.
 *
 * GitHub looks for people, issues and addresses in the text that is shown, where an escape is gone; a comment within
 * parts it.
 */
function plain(content: string): string {
  return oneLine(content)
    .replaceAll(/[\\`*_[\]|~#$]/g, '\\$&')
    .replaceAll(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replaceAll(/@|\\#|gh-(?=\d)|:(?=\/\/)|www(?=\.)/gi, '$&<!-- -->')
    .replaceAll(/\s+/g, ' ');
}

function code(content: string): string {
  return /[`\\]/.test(content) || visible(content) !== content
    ? plain(content)
    : `\`${content.replaceAll('|', '\\|')}\``;
}

/** @see https://mermaid.js.org/syntax/flowchart.html */
function flowchart({ groups, edges }: Graph): string {
  return [
    'flowchart LR',
    ...groups.flatMap(({ title, nodes }, index) => [
      `  subgraph g${index}[${label([title])}]`,
      ...nodes.map((node) => `    ${node.id}${shaped(node)}`),
      '  end',
    ]),
    ...edges.map(({ from, to, kind }) => `  ${from.id} ${ARROWS[kind]} ${to.id}`),
  ].join('\n');
}

const ARROWS = { changes: '-->', refused: '--x', access: '-.->', alarms: '-.->' } as const;

function shaped({ shape, label: lines }: Node): string {
  const content = label(lines);
  if (shape === 'table') return `[(${content})]`;
  return shape === 'role' ? `([${content}])` : `[${content}]`;
}

/** Mermaid takes `#60;` for `<`. */
function label(lines: readonly string[]): string {
  const safe = lines.map((line) =>
    visible(line).replaceAll(/[^\p{L}\p{N} .,:/()_-]/gu, (mark) => `#${mark.codePointAt(0)};`),
  );
  return `"${safe.join('<br/>')}"`;
}
