import { readFileSync } from 'node:fs';
import type { Block, Marked, Review, Section, Text } from '../model';
import { escapeHtml } from './escape-html';
import { writeSvg } from './svg';

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
${readFileSync('review/report/page.css', 'utf8')}</style>
</head>
<body>
<main>
<h1>Review of ${text([{ code: name }])}</h1>
<nav aria-label="Contents">${contents(sections)}</nav>
${sections.map((section) => written(section, 2)).join('')}</main>
</body>
</html>
`;
}

function contents(sections: readonly Section[]): string {
  const entries = sections.map(
    ({ id, title, sections: inner = [] }) =>
      `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a>${inner.length > 0 ? contents(inner) : ''}</li>\n`,
  );
  return `<ul>\n${entries.join('')}</ul>`;
}

function written({ id, title, blocks, sections = [] }: Section, level: number): string {
  const anchor = escapeHtml(id);
  return `<section id="${anchor}">
<h${level}><a href="#${anchor}">${escapeHtml(title)}</a></h${level}>
${blocks.map(block).join('')}${sections.map((section) => written(section, level + 1)).join('')}</section>
`;
}

function block(content: Block): string {
  switch (content.kind) {
    case 'paragraph':
      return `<p>${text(content.text)}</p>\n`;
    case 'list':
      return folded(
        content.folded,
        `<ul>\n${content.items.map((item) => `<li>${text(item)}</li>\n`).join('')}</ul>`,
      );
    case 'table': {
      const { head, rows } = content;
      // Where the window is narrow, each cell is shown on its own, with what it is.
      const cell = (value: Text, index: number) =>
        `<td data-of="${escapeHtml(head[index] ?? '')}">${text(value)}</td>`;
      return folded(
        content.folded,
        `<table>
<thead><tr>${head.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>\n`).join('')}</tbody>
</table>`,
      );
    }
    case 'graph':
      return `<figure>${writeSvg(content.graph)}</figure>\n`;
  }
}

function folded(label: string | undefined, content: string): string {
  if (label === undefined) return `${content}\n`;
  return `<details><summary>${escapeHtml(label)}</summary>\n${content}\n</details>\n`;
}

function text(content: Text): string {
  return typeof content === 'string' ? escapeHtml(content) : content.map(inline).join('');
}

function inline(part: string | Marked): string {
  if (typeof part === 'string') return escapeHtml(part);
  if ('code' in part) return `<code>${escapeHtml(part.code)}</code>`;
  if ('strong' in part) return `<strong>${escapeHtml(part.strong)}</strong>`;
  return `<a href="${escapeHtml(part.to)}">${escapeHtml(part.link)}</a>`;
}
