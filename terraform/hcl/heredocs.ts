/** The attributes that hold SQL of ours, by their indentation, which no text of the user's has. */
const SQL = /^( {2}query +| {4}originalSql )= "((?:[^"\\]|\\["\\n])*)\\n",?$/gm;

const UNESCAPED: Readonly<Record<string, string>> = { '\\"': '"', '\\\\': '\\', '\\n': '\n' };

/**
 * SQL as a heredoc, which has line breaks and quotes as they are, and templates as in a string in quotes.
 * Its value ends with a line break, so text that does not is left alone.
 *
 * @param hcl formatted
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#heredoc-strings
 */
export function heredocs(hcl: string): string {
  return hcl.replaceAll(SQL, (_, attribute: string, text: string) => {
    const indent = /^ */.exec(attribute)?.[0];
    const sql = text.replaceAll(/\\["\\n]/g, (pair) => UNESCAPED[pair] ?? pair);
    const lines = sql.split('\n').map((line) => `${indent}  ${line}`);
    return [`${attribute}= <<-SQL`, ...lines, `${indent}SQL`].join('\n');
  });
}
