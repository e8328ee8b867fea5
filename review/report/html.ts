import { readFileSync } from 'node:fs';
import { marked } from 'marked';

/**
 * The report as one page that asks for nothing else: the Markdown, the picture and the style in it.
 *
 * @param title plain text
 */
export function writeHtml(title: string, markdown: string, svg: string): string {
  const picture = svg.slice(svg.indexOf('<svg'));
  const body = marked
    .parse(markdown, { async: false })
    .replaceAll('<table>', '<div class="scroll" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')
    .replace(/<p><img src="topology\.svg"[^>]*><\/p>/, () => figure(picture));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Review of ${escapeHtml(title)}</title>
<style>
${readFileSync('review/report/review.css', 'utf8')}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}

function figure(picture: string): string {
  return `<figure class="scroll" tabindex="0" role="img" aria-label="Accounts, tables, functions and the arrows between them">${picture}</figure>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
