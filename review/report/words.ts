import type { Block, Row, Text } from '../model';

export function paragraph(text: Text): Block {
  return { kind: 'paragraph', text };
}

/** @param folded what is shown in its place until it is unfolded. Default: all of it */
export function table(head: readonly string[], rows: readonly Row[], folded?: string): Block {
  return { kind: 'table', head, rows, folded };
}

/** A table, or nothing where it has no rows. */
export function tableOf(...[head, rows, folded]: Parameters<typeof table>): Block[] {
  return rows.length > 0 ? [table(head, rows, folded)] : [];
}

/** Rows that a table has before it is folded. */
const UNFOLDED = 10;

/** A table that is folded where it is long, or nothing where it has no rows. */
export function foldable(head: readonly string[], rows: readonly Row[]): Block[] {
  return tableOf(head, rows, rows.length > UNFOLDED ? plural(rows.length, 'row') : undefined);
}

export function code(text: string): Text {
  return { code: text };
}

export function strong(text: string): Text {
  return { strong: text };
}

/** A template whose values can be marked. */
export function text(strings: readonly string[], ...values: readonly Text[]): Text {
  return strings.flatMap((string, index) => [string, values[index] ?? '']);
}

/** Several texts as one. */
export function list(texts: readonly Text[]): Text {
  return texts.flatMap((each, index) => (index === 0 ? [each] : [', ', each]));
}

/** The anchor of a title, as GitHub makes it. */
export function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '-');
}

/** Names that are listed before "and … more". */
const LISTED = 6;

/** The first of a list, and how many more there are. */
export function some(texts: readonly Text[], most = LISTED): Text {
  const rest = texts.length - most;
  const first = list(texts.slice(0, most));
  return rest > 0 ? text`${first} and ${number(rest)} more` : first;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
