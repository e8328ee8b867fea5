import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';

/** What is wrong with a file as YAML and what to do, in its order. */
export function yamlMistakes(document: Document, source: string) {
  const errors = [...document.errors, ...document.warnings];
  // After a bracket too many the parser takes nothing anymore.
  const stray = errors.findIndex(({ message }) => message.includes('in YAML stream'));
  const first = stray < 0 ? errors : errors.slice(0, stray + 1);
  const ofParser = first.map(({ code, message, pos }) => ({
    offset: /quote$/.test(message) ? lastQuote(document) : pos[0],
    message: inOurWords(code, message),
  }));
  return [...ofParser, ...ofNodes(document, source)].sort((a, b) => a.offset - b.offset);
}

const NO_COLON = 'a key has no colon after it; write key: value, with a space after the colon';
const NO_COMMA = 'a comma is missing between [ and ] or { and }; write it';
const UNCLOSED = 'a [ or { above is not closed; close it, or indent this line more';

/** What the user can do, by what code and message of the parser begin with; $1 is its last word. */
const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; write spaces',
  'BAD_INDENT Flow': UNCLOSED,
  BAD_INDENT:
    'the indentation of this line matches none above it; indent it like the lines that it belongs to',
  BLOCK_AS_IMPLICIT_KEY:
    'a second key begins within a value; put a value with a colon in quotes, or indent the next line as this one',
  MULTILINE_IMPLICIT_KEY: NO_COLON,
  'MISSING_CHAR Implicit': NO_COLON,
  'MISSING_CHAR Missing closing': 'a quote begins here and does not end; end it',
  'MISSING_CHAR Missing': NO_COMMA,
  'MISSING_CHAR Expected flow': UNCLOSED,
  BLOCK_IN_FLOW: NO_COMMA,
  BAD_SCALAR_START: 'a value cannot begin with $1; put it in quotes',
  'UNEXPECTED_TOKEN Unexpected block-seq': 'a list begins in the line of its key; begin a new line',
  UNEXPECTED_TOKEN:
    'a value ends before its line does; remove the rest, or put all of it in quotes',
  TAG_RESOLVE_FAILED: 'the tag $1 is not known; remove it, or put the value in quotes',
  BAD_DQ_ESCAPE: '$1 is not an escape of YAML; use single quotes',
  BAD_ALIAS: 'an alias has no name; put a value that begins with * in quotes',
  BAD_DIRECTIVE: 'a line begins with %, which is for YAML itself; remove it',
  NON_STRING_KEY:
    'a key must be text, written out; it cannot be a list, a mapping, an alias or have a tag',
  MULTIPLE_DOCS: 'it holds several documents; remove this one and what follows it',
};

function inOurWords(code: string, message: string): string {
  const found = Object.entries(WORDS).find(([start]) => `${code} ${message}`.startsWith(start));
  const last = message.split(/\s/).at(-1) ?? '';
  return found?.[1].replace('$1', () => last.replace('tag:yaml.org,2002:', '!!')) ?? message;
}

/** Where the text begins that takes the rest of the file, since its quote does not end. */
function lastQuote(document: Document): number {
  let offset = 0;
  visit(document, {
    Scalar(_, { type, range }) {
      if (range && /^QUOTE/.test(type ?? '')) [offset] = range;
    },
  });
  return offset;
}

/** What the parser leaves to us: repeated keys, aliases and merges, each looked at once. */
function ofNodes(document: Document, source: string) {
  const found: { offset: number; message: string }[] = [];
  const refuse = ({ range }: Node, message: string) => {
    found.push({ offset: range?.[0] ?? 0, message });
  };
  const anchors = new Map<string, Node>();
  visit(document, {
    Value(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) repeatedKeys(node);
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isMerge(key)) return;
      const merged = isAlias(value) ? anchors.get(value.source) : value;
      if (!isMap(merged) && !isSeq(merged)) {
        refuse(key, '<< must be followed by an alias of a mapping, such as *defaults');
      }
    },
    Alias(_, alias, ancestors) {
      const name = alias.source;
      const target = anchors.get(name);
      if (target && !ancestors.includes(target)) return;
      const reason = target
        ? `is inside of its own anchor &${name}; `
        : `has no anchor &${name} before it; add that, or `;
      refuse(alias, `the alias *${name} ${reason}write the content out`);
    },
  });
  return found;

  function repeatedKeys({ items }: YAMLMap): void {
    const seen = new Set<unknown>();
    for (const { key } of items) {
      if (!isScalar(key) || isMerge(key)) continue;
      if (seen.has(key.value)) {
        const [written] = /^("[^"\n]*"|'[^'\n]*'|[^:\n]*)/.exec(source.slice(key.range?.[0])) ?? [];
        refuse(key, `the key ${written} is in one mapping twice; remove or rename one of them`);
      }
      seen.add(key.value);
    }
  }
}

function isMerge({ value, type }: Scalar): boolean {
  return value === '<<' && type === 'PLAIN';
}
