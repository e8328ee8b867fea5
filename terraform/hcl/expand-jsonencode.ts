/** What fits into one line stays there. */
const LINE_LENGTH = 100;

/**
 * The argument of `jsonencode` on as many lines as a person would use; cdktf writes it on one. Left to
 * `terraform fmt`: the indentation.
 *
 * @param line an attribute whose value is an expression
 */
export function expandJsonencode(line: string): string {
  return line.includes('jsonencode(') && line.length > LINE_LENGTH
    ? expand(line).replaceAll(/(^\s*|\{ |, )"([A-Za-z_]\w*)" = /gm, '$1$2 = ')
    : line;
}

/** Breaks the outermost brackets that are too long, and what is in them in the same way. */
function expand(text: string): string {
  const [before = ''] = /^(?:[^"{[]|"(?:\\.|[^"\\])*")*/.exec(text) ?? [];
  const open = before.length;
  if (open === text.length || text.length <= LINE_LENGTH) return text;
  const { parts, end } = split(text, open);
  const broken = parts.map((part) => `${expand(part.trim())},`).join('\n');
  return `${text.slice(0, open + 1)}\n${broken}\n${text.slice(end)}`;
}

/** The comma-separated parts between the bracket at `open` and its counterpart, which is at `end`. */
function split(text: string, open: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let start = open + 1;
  let depth = 0;
  for (let at = open; ; at += 1) {
    const character = text[at];
    if (character === undefined) throw new Error(`no end of ${text.slice(open, open + 40)}`);
    if (character === '"') at = endOfString(text, at);
    else if ('{[('.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    const closed = depth === 0;
    if (closed || (character === ',' && depth === 1)) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (closed) return { parts, end: at };
  }
}

/** Index of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  const [string = ''] = /^"(?:\\.|[^"\\])*"/.exec(text.slice(start)) ?? [];
  return start + string.length - 1;
}
