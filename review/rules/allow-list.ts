import type { Stack } from '../read/stacks';
import { ALLOWED, COMPUTED } from './allowed';
import { type Leaf, leavesOf } from './leaves';
import type { Found, Rule } from './rule';

const REMEDY =
  'remove it, or, if it is meant, let somebody review it and add it to review/rules/allowed.ts';

/** Only what is known is allowed: resources, modules, providers, provisioners, attributes, functions. */
export const allowList: Rule = {
  name: 'allow-list',
  check: ({ stacks }) => stacks.all.flatMap(strangers),
};

function strangers(stack: Stack): Found[] {
  const found = new Map<string, Set<string>>();
  for (const leaf of leavesOf(stack.json)) {
    const problem = problemOf(leaf);
    if (problem === undefined) continue;
    const place = `${stack.id} ${leaf.address}`;
    found.set(place, (found.get(place) ?? new Set()).add(problem));
  }
  return [...found].map(([place, problems]) => ({
    place,
    message: `${[...problems].join(', ')}; ${REMEDY}`,
  }));
}

/** What the review does not know, or does not allow. Values can be secret and are left out. */
function problemOf({ kind, attribute, value }: Leaf): string | undefined {
  const allowed = ALLOWED[kind];
  if (!allowed) return `${kind} is not known to the review`;
  const isKnown =
    attribute === 'provider' || allowed.attributes.some((known) => covers(known, attribute));
  if (!isKnown) return `${attribute || kind} is not known to the review`;
  return isAllowed(allowed.values[attribute], String(value))
    ? undefined
    : `${attribute} has a value that is not known to the review`;
}

/** Of a mapping whose keys the user writes, all are known. */
export function covers(known: string, attribute: string): boolean {
  return known.endsWith('.*') ? attribute.startsWith(known.slice(0, -1)) : attribute === known;
}

function isAllowed(pattern: RegExp | typeof COMPUTED | undefined, value: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(value);
  const expressions = value.replaceAll(REFERENCE, '');
  if (!/[$%]\{/.test(expressions)) return true;
  return pattern === COMPUTED && !READS_FILES.test(expressions);
}

/** A reference, or a marker that is escaped and so is text. */
const REFERENCE = /\$\{[\w.[\]-]+\}|(?<![$%])([$%])\1\{/g;

/** Functions that read files or the environment; those of a provider may do anything. */
const READS_FILES = /\b(?:file\w*|template\w+|pathexpand)(?:\s|\/\*.*?\*\/)*\(|\bprovider::/s;
