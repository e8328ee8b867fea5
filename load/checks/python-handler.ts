/** Code that can make names of a module in a way that is not looked into. */
const DYNAMIC =
  /\bimport\s*\*|\b(globals|locals|vars|setattr|exec|eval|__getattr__|__dict__)\b|\bsys\s*\.\s*modules\b/;

/**
 * Why a Python module surely has no function of a name that Lambda can call; undefined if it may have one.
 * Whether the name is one of the top level is not looked into: there are too many ways to make it.
 */
export function pythonProblem(source: string, file: string, name: string): string | undefined {
  const code = statements(source);
  if (code.some((statement) => DYNAMIC.test(statement))) return undefined;
  const word = new RegExp(`\\b${name}\\b`, 'g');
  const found = code.flatMap((statement, index) =>
    [...statement.matchAll(word)].map(() => ({ statement, before: code[index - 1] ?? '' })),
  );
  const [first, ...more] = found;
  if (!first) return `must name a function that ${file} defines; there is no ${name} in its code`;
  const isAsync = new RegExp(`^async\\s+def\\s+${name}\\b`).test(first.statement);
  if (!isAsync || more.length > 0 || first.before.startsWith('@')) return undefined;
  return `must name a function that Lambda can call; ${name} in ${file} is async, and Lambda for Python does not await it: name a function that calls it with asyncio.run`;
}

/** Comments, strings, what continues a line, and what opens, closes or ends a statement. */
const TOKEN =
  /#[^\n]*|'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|\\\n|[[({]|[\])}]|\n/g;

/**
 * The logical lines of a Python module, without comments and texts that stand alone, such as docstrings.
 *
 * @see https://docs.python.org/3/reference/lexical_analysis.html
 */
function statements(source: string): string[] {
  const text = `${source.replace(/\r\n?/g, '\n')}\n`;
  const found: string[] = [];
  let statement = '';
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    statement += text.slice(from, index);
    from = index + token.length;
    if (token === '\n' && depth <= 0) {
      found.push(statement);
      statement = '';
    } else if (!token.startsWith('#')) {
      statement += token;
    }
    if (/^[[({]$/.test(token)) depth += 1;
    if (/^[\])}]$/.test(token)) depth -= 1;
  }
  return found.filter((each) => each.trim() !== '' && !ONLY_TEXT.test(each));
}

/** A statement that is a string and nothing else. */
const ONLY_TEXT =
  /^\s*[rbuRBU]{0,2}(?:'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*")\s*$/;
