import { oneLine, visible } from '../../topology/unicode';
import type { Block, Graph, Node, Review, Row, Section, Text } from '../model';
import { plural } from './words';

/** Rows of a table. A job summary of GitHub has at most 1 MiB, so only the page has all of them. */
const MAX_ROWS = 100;

/** A review for a pull request. The same review gives the same text. */
export function writeMarkdown({ name, sections }: Review): string {
  const parts = [
    `# Review of ${code(name)}`,
    ...sections.flatMap((section) => written(section, 2)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A section alone. */
export function writeSection(section: Section): string {
  return `${written(section, 2).join('\n\n')}\n`;
}

function written({ title, blocks, sections = [] }: Section, level: number): string[] {
  return [
    `${'#'.repeat(level)} ${text(title)}`,
    ...blocks.flatMap(block),
    ...sections.flatMap((section) => written(section, level + 1)),
  ];
}

function block(content: Block): string[] {
  const { folded } = content;
  const whole = [unfolded(content)];
  if (folded === undefined) return whole;
  return [`<details><summary>${plain(folded)}</summary>`, ...whole, '</details>'];
}

function unfolded(content: Block): string {
  switch (content.kind) {
    case 'paragraph':
      return text(content.text);
    case 'list':
      return content.items.map((item) => `- ${text(item)}`).join('\n');
    case 'table':
      return table(content.head, content.rows);
    case 'graph':
      return `\`\`\`mermaid\n${flowchart(content.graph)}\n\`\`\``;
  }
}

function table(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map(text).join(' | ')} |`;
  const rest = rows.length - MAX_ROWS;
  return [
    line(head),
    `|${' --- |'.repeat(head.length)}`,
    ...rows.slice(0, MAX_ROWS).map(line),
    ...(rest > 0 ? [`\n${plural(rest, 'more row')}: see review.html`] : []),
  ].join('\n');
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

/** Text as it is, whatever Markdown, HTML or a terminal would make of it: no link, no formula. */
function plain(content: string): string {
  return oneLine(content)
    .replaceAll(/[\\`*_[\]|~#$]/g, '\\$&')
    .replaceAll(/[&<>]|:(?=\/\/)|\.(?<=\bwww\.)/gi, (mark) => `&#${mark.charCodeAt(0)};`)
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
