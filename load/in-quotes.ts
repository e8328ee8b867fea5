import { formatPath, type Problem } from '../topology/problem';
import { validate } from './validate';

/**
 * Marks the problems of numbers and booleans that are right as text, so that the message says what to
 * write: an account ID without quotes, whose leading zeros only the file has.
 */
export function markInQuotes(
  problems: readonly Problem[],
  content: unknown,
  folder: string,
): readonly Problem[] {
  const isUnquoted = ({ path, received, written }: Problem) =>
    path.length > 0 && /^(number|boolean)$/.test(typeof received) && written !== undefined;
  if (!problems.some(isUnquoted)) return problems;
  const quoted = structuredClone(content);
  for (const { path, written } of problems.filter(isUnquoted)) set(quoted, path, written);
  const wrong = new Set(validate(quoted, folder).problems.map(({ path }) => formatPath(path)));
  return problems.map((problem) => {
    const { path } = problem;
    const isWrong = path.some((_, index) => wrong.has(formatPath(path.slice(0, index + 1))));
    return { ...problem, inQuotes: (isUnquoted(problem) && !isWrong) || undefined };
  });
}

function set(content: unknown, path: Problem['path'], value: unknown): void {
  const parent = path
    .slice(0, -1)
    .reduce((node, key) => Reflect.get(Object(node), key), Object(content));
  Reflect.set(parent, path.at(-1) ?? '', value);
}
