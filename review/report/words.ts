import type { Marked, Text } from '../model';

export function code(text: string): Marked[] {
  return [{ code: text }];
}

export function strong(text: string): Marked[] {
  return [{ strong: text }];
}

export function link(text: string, to: string): Marked[] {
  return [{ link: text, to }];
}

/** Several texts as one. */
export function joined(texts: readonly Text[], between = ', '): Text {
  return texts.flatMap((text, index) => [
    ...(index > 0 && between !== '' ? [between] : []),
    ...(typeof text === 'string' ? [text] : text),
  ]);
}

/** Names that are listed before "and … more". */
const LISTED = 6;

/** The first of a list, and how many more there are. */
export function some(texts: readonly Text[], most = LISTED): Text {
  const rest = texts.length - most;
  const first = joined(texts.slice(0, most));
  return rest > 0 ? joined([first, ` and ${number(rest)} more`], '') : first;
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
