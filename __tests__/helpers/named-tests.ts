import { existsSync, readFileSync } from 'node:fs';
import type { Link } from './markdown';

/** Those links of a page in docs/ that lead to no file with a test, or a row of `test.each`, of that name. */
export function leadingToNoTest(links: readonly Link[]): Link[] {
  return links.filter(({ text, target }) => {
    const file = target.replace(/^\.\.\//, '');
    return !existsSync(file) || !named(text).test(readFileSync(file, 'utf8'));
  });
}

function named(name: string): RegExp {
  return new RegExp(
    `(\\(|\\[|^)\\s*(['"])${name.replaceAll(/[.*+?^$(){}|[\]\\]/g, '\\$&')}\\2`,
    'm',
  );
}
