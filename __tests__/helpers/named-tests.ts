import { existsSync, readFileSync } from 'node:fs';
import type { Link } from './markdown';

/**
 * Those links of a page in docs/ that lead to no file with a test, a row of `test.each`, or a case in
 * YAML of that name.
 */
export function leadingToNoTest(links: readonly Link[]): Link[] {
  return links.filter(({ text, target }) => {
    const file = target.replace(/^\.\.\//, '');
    return !existsSync(file) || !named(text).test(readFileSync(file, 'utf8'));
  });
}

function named(text: string): RegExp {
  const name = text.replaceAll(/[.*+?^$(){}|[\]\\]/g, '\\$&');
  return new RegExp(`(\\(|\\[|^)\\s*(['"])${name}\\2|^ +${name}:`, 'm');
}
