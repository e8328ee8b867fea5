import { didYouMean, type Problem, type Report } from '../../topology/problem';
import type { Entries } from './declared';

/** Names that are listed before "and others". */
const LISTED = 20;

/** A reference to another entry of the file. */
export function refer(
  entries: Entries<unknown>,
  what: string,
  path: Problem['path'],
  name: string,
  report: Report,
): void {
  if (Object.hasOwn(entries, name)) return;
  const names = Object.keys(entries);
  const listed = names.slice(0, LISTED).join(', ') || 'none';
  const others = names.length > LISTED ? ' and others' : '';
  const meant = names.length > 1 ? didYouMean(name, names).trim() : '';
  const known = [listed + others, meant].filter(Boolean).join('; ');
  report(path, `must be the name of ${what} in this file (${known})`, name);
}

/** What a list names again. */
export function distinct(list: readonly string[], path: Problem['path'], report: Report): void {
  for (const [index, name] of list.entries()) {
    if (list.indexOf(name) !== index) report([...path, index], 'must be named once', name);
  }
}
