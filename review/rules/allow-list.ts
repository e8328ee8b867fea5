import { IS_INSTALLED, ownPage } from '../../topology/own-files';
import { groupBy, unique } from '../lists';
import { type Leaf, leavesOf } from '../read/leaves';
import allowed from './allowed.json';
import type { Rule } from './rule';

/**
 * What may be in a stack, by kind of block and attribute; `.*` ends a mapping whose keys the user writes. `text` is any
 * text with references. `computed` may call functions, but none that reads files. All else is the value itself:
 * `|` separates alternatives, and `*` is a name.
 */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = allowed;

const REMEDY = `remove it, or, if it is meant, let somebody review it${
  IS_INSTALLED
    ? `, for which the review stops at what it does not know: ${ownPage('extending.md')}`
    : ' and add it to review/rules/allowed.json'
}`;

/** What is not known can give access, pass data on or run a program. */
export const allowList: Rule = ({ stacks }) =>
  stacks.all.flatMap(({ id, json }) => {
    const strangers = leavesOf(json).filter((leaf) => problemOf(leaf) !== undefined);
    return groupBy(strangers, ({ type, name }) => [type, name]).map((leaves) => {
      const [{ type, name }] = leaves;
      return {
        place: `${id} ${name === '' ? type : `${type}.${name}`}`,
        message: `${unique(leaves.map(problemOf)).join(', ')}; ${REMEDY}`,
      };
    });
  });

/** What the review does not know. Values can be secret and are left out. */
function problemOf({ kind, path, value }: Leaf): string | undefined {
  const attributes = ALLOWED[kind];
  if (!attributes) return `${kind} is not known to the review`;
  const attribute = withoutItems(path);
  const known = attribute === 'provider' ? attribute : entryOf(kind, path);
  if (known === undefined) return `${attribute || kind} is not known to the review`;
  const values = Array.isArray(value) && value.length > 0 ? value : [value];
  return values.every((each) => isAllowed(attributes[known] ?? 'text', String(each)))
    ? undefined
    : `${attribute} has a value that is not known to the review`;
}

/** The entry of the list that an attribute falls under. */
export function entryOf(kind: string, path: Leaf['path']): string | undefined {
  const attribute = withoutItems(path);
  return Object.keys(ALLOWED[kind] ?? {}).find((known) =>
    known.endsWith('.*') ? attribute.startsWith(known.slice(0, -1)) : attribute === known,
  );
}

/** Such as `rule.filter.prefix`, whichever rule. */
function withoutItems(path: Leaf['path']): string {
  return path.filter((key) => typeof key === 'string').join('.');
}

function isAllowed(rule: string, value: string): boolean {
  if (rule !== 'text' && rule !== 'computed') {
    const escaped = rule.replaceAll(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '[\\w-]+');
    return new RegExp(`^(?:${escaped})$`).test(value);
  }
  const expressions = value.replaceAll(REFERENCE, '');
  if (!/[$%]\{/.test(expressions)) return true;
  return rule === 'computed' && !READS_FILES.test(expressions);
}

/** A reference, or a marker that is escaped and so is text. */
const REFERENCE = /\$\{[\w.[\]-]+\}|(?<![$%])([$%])\1\{/g;

/** Functions that read files or the environment; those of a provider may do anything. */
const READS_FILES = /\b(?:file\w*|template\w+|pathexpand)(?:\s|\/\*.*?\*\/)*\(|\bprovider::/s;
