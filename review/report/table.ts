import { withoutUnseen } from '../../topology/unicode';

/** A Markdown table. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as it is, whatever Markdown, HTML or a terminal would make of it. */
export function plain(text: string): string {
  return withoutUnseen(text.replaceAll(/[\t\n\r]+/g, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll(/\s+/g, ' ');
}

/** Text as code. */
export function code(text: string): string {
  return /[`\\]/.test(text) || withoutUnseen(text) !== text
    ? plain(text)
    : `\`${text.replaceAll('|', '\\|')}\``;
}

/** The first of a list, and how many more there are. */
export function some(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return rest > 0
    ? `${items.slice(0, most).join(', ')} and ${number(rest)} more`
    : items.join(', ');
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
