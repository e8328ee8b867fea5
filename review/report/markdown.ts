import { visible } from '../../topology/unicode';
import type { Block, Graph, Marked, Node, Review, Section, Text } from '../model';
import { plural } from './words';

/** Rows of a table. A job summary of GitHub has at most 1 MiB, so only the page has all of them. */
const MAX_ROWS = 100;

/** A review for a pull request. The same review gives the same text. */
export function writeMarkdown({ name, sections }: Review): string {
  const parts = [
    `# Review of ${text([{ code: name }])}`,
    ...sections.flatMap((section) => written(section, 2)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function written({ title, blocks, sections = [] }: Section, level: number): string[] {
  return [
    `${'#'.repeat(level)} ${text(title)}`,
    ...blocks.flatMap(block),
    ...sections.flatMap((section) => written(section, level + 1)),
  ];
}

function block(content: Block): string[] {
  switch (content.kind) {
    case 'paragraph':
      return [text(content.text)];
    case 'list':
      return folded(content.folded, content.items.map((item) => `- ${text(item)}`).join('\n'));
    case 'table': {
      const line = (cells: readonly Text[]) => `| ${cells.map(text).join(' | ')} |`;
      const { head, rows } = content;
      const rule = `|${' --- |'.repeat(head.length)}`;
      const lines = [line(head), rule, ...rows.slice(0, MAX_ROWS).map(line)];
      const rest = rows.length - MAX_ROWS;
      if (rest > 0) lines.push(`\n${plural(rest, 'more row')}: see review.html`);
      return folded(content.folded, lines.join('\n'));
    }
    case 'graph':
      return [`\`\`\`mermaid\n${flowchart(content.graph)}\n\`\`\``];
  }
}

function folded(label: string | undefined, content: string): string[] {
  if (label === undefined) return [content];
  return [`<details><summary>${plain(label)}</summary>`, content, '</details>'];
}

function text(content: Text): string {
  const parts = typeof content === 'string' ? [content] : content;
  // What begins like a list or a rule is neither.
  return parts
    .map(inline)
    .join('')
    .replace(/^(\d*)(?=[-+=.)])/, '$1\\');
}

function inline(part: string | Marked): string {
  if (typeof part === 'string') return plain(part);
  if ('code' in part) return code(part.code);
  if ('strong' in part) return `**${plain(part.strong)}**`;
  return `[${plain(part.link)}](${part.to})`;
}

/** Text as it is, whatever Markdown, HTML or a terminal would make of it: no link, no formula. */
function plain(content: string): string {
  return visible(content.replaceAll(/[\t\n\r]+/g, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~#$]/g, '\\$&')
    .replaceAll(/:(?=\/\/)|\.(?<=\bwww\.)/gi, (mark) => `&#${mark.charCodeAt(0)};`)
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
      `  subgraph g${index}[${label(title)}]`,
      ...nodes.map((node) => `    ${node.id}${shaped(node)}`),
      '  end',
    ]),
    ...edges.map(({ from, to, kind }) => `  ${from} ${ARROWS[kind]} ${to}`),
  ].join('\n');
}

const ARROWS = {
  changes: '-->',
  refused: '--x',
  access: '-.->',
  alarms: '-.->',
} as const;

function shaped({ shape, label: lines }: Node): string {
  const content = label(lines);
  if (shape === 'table') return `[(${content})]`;
  return shape === 'role' ? `([${content}])` : `[${content}]`;
}

function label(lines: readonly string[]): string {
  return `"${lines.map(entities).join('<br/>')}"`;
}

/** Mermaid takes `#60;` for `<`. */
function entities(content: string): string {
  return visible(content).replaceAll(
    /[^\p{L}\p{N} .,:/()_-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
