import { readFileSync } from 'node:fs';
import { ownFile } from '../../topology/own-files';
import type { Block, Review, Row, Section, Text } from '../model';
import { escapeHtml, writeSvg } from './svg';
import { anchor } from './words';

/** The same as one page that asks for nothing else. */
export function writeHtml({ name, sections }: Review): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Review of ${escapeHtml(name)}</title>
<style>
${readFileSync(ownFile('review/report/page.css'), 'utf8')}</style>
</head>
<body>
<main>
<h1>Review of ${text({ code: name })}</h1>
<nav aria-label="Contents">${contents(sections)}</nav>
${sections.map((section) => written(section, 2)).join('')}</main>
</body>
</html>
`;
}

function contents(sections: readonly Section[] = []): string {
  if (sections.length === 0) return '';
  const entries = sections.map(
    ({ title, sections: inner }) =>
      `<li><a href="#${anchor(title)}">${escapeHtml(title)}</a>${contents(inner)}</li>\n`,
  );
  return `<ul>\n${entries.join('')}</ul>`;
}

function written({ title, blocks, sections = [] }: Section, level: number): string {
  const id = anchor(title);
  return `<section id="${id}">
<h${level}><a href="#${id}">${escapeHtml(title)}</a></h${level}>
${blocks.map(block).join('')}${sections.map((section) => written(section, level + 1)).join('')}</section>
`;
}

function block(content: Block): string {
  const { folded } = content;
  const whole = unfolded(content);
  if (folded === undefined) return whole;
  return `<details><summary>${escapeHtml(folded)}</summary>\n${whole}</details>\n`;
}

function unfolded(content: Block): string {
  switch (content.kind) {
    case 'paragraph':
      return `<p>${text(content.text)}</p>\n`;
    case 'list':
      return `<ul>\n${content.items.map((item) => `<li>${text(item)}</li>\n`).join('')}</ul>\n`;
    case 'table':
      return table(content.head, content.rows);
    case 'graph':
      return `<figure>${writeSvg(content.graph)}</figure>\n`;
  }
}

/** Where the window is narrow, each cell is shown on its own, with what it is. */
function table(head: readonly string[], rows: readonly Row[]): string {
  const cell = (value: Text, index: number) =>
    `<td data-of="${escapeHtml(head[index] ?? '')}">${text(value)}</td>`;
  return `<table>
<thead><tr>${head.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>\n`).join('')}</tbody>
</table>
`;
}

function text(content: Text): string {
  if (typeof content === 'string') return escapeHtml(content);
  if ('code' in content) return `<code>${escapeHtml(content.code)}</code>`;
  if ('strong' in content) return `<strong>${escapeHtml(content.strong)}</strong>`;
  if ('link' in content)
    return `<a href="${escapeHtml(content.to)}">${escapeHtml(content.link)}</a>`;
  return content.map(text).join('');
}
