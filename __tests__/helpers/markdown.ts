import { readFileSync } from 'node:fs';

/** The rows of the first table below a heading of a page, each as the text of its cells. */
export function tableBelow(heading: string, page: string): string[][] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.endsWith(` ${heading}`));
  const header = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  if (start < 0 || header < 0) throw new Error(`${page} has no table below ${heading}`);
  const end = lines.findIndex((line, index) => index > header && !line.startsWith('|'));
  return lines.slice(header + 2, end).map(cellsOf);
}

/** The rows of all tables of a page, each as the text of its cells. */
export function rowsOf(page: string): string[][] {
  return [...readFileSync(page, 'utf8').matchAll(/^\|---.*\n((?:\|.*\n)+)/gm)]
    .flatMap(([, rows = '']) => rows.trim().split('\n'))
    .map(cellsOf);
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The texts between backticks. */
export function codesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
}

export interface Link {
  readonly text: string;
  readonly target: string;
}

/** Text and target of each link. */
export function linksIn(cell = ''): Link[] {
  return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, text = '', target = '']) => ({
    text,
    target,
  }));
}
