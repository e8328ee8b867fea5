import { COMMENTS } from './comments';

/**
 * HCL with a comment above each line that has one in the table.
 *
 * @param hcl formatted: the indentation of a line says which blocks it is in
 */
export function commentHcl(hcl: string, comments = COMMENTS): string {
  const rows = comments.map(([place, text]) => ({ parts: place.split(' > '), text }));
  const place: string[] = [];
  return hcl
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', content = ''] = /^( *)(.*)$/.exec(line) ?? [];
      if (content === '') return [line];
      place.length = indent.length / 2;
      const [, sid] = /^sid += "(\D+)\d*"$/.exec(content) ?? [];
      if (sid !== undefined) place.push(`${place.pop()} ${sid}`);
      place.push(nameOf(content));
      const row = rows.find(({ parts }) => isAt(parts, place));
      return row ? [`${indent}# ${row.text}`, line] : [line];
    })
    .join('\n');
}

/** A resource or data source by its type; any other block or attribute as it is written, but without alignment. */
function nameOf(content: string): string {
  const [, type] = /^(?:resource|data) "(\w+)"/.exec(content) ?? [];
  return type ?? content.replace(/ \{$/, '').replace(/ += /, ' = ');
}

const isAt = (parts: readonly string[], place: readonly string[]) =>
  parts.length === place.length && parts.every((part, index) => place[index]?.startsWith(part));
