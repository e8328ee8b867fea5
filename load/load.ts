import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  CST,
  type Document,
  type DocumentOptions,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  type Scalar,
  type SchemaOptions,
} from 'yaml';
import { formatProblem, type Problem, TopologyError } from '../topology/problem';
import type { ResolvedTopology } from '../topology/resolve';
import { readText } from './read-text';
import { secretVariables } from './secret-variables';
import { markInQuotes, validate } from './validate';
import { yamlMistakes } from './yaml-mistakes';

/** Bytes: about 10,000 tenants, which are checked within seconds. */
const LARGEST_FILE = 2_000_000;

/** Uses of anchors, each with the uses within it: a thousand tenants may share their settings. */
const MOST_ALIASES = 10_000;

/** Characters of the content as JSON, with every alias written out. */
const LARGEST_CONTENT = 10 * LARGEST_FILE;

/** Lists and mappings within each other: DynamoDB's items have 32 levels at most. */
const MOST_LEVELS = 200;

/** Tokens at the beginning of a line that may begin a level. */
const INDENTING: readonly string[] = ['space', 'seq-item-ind', 'explicit-key-ind', 'map-value-ind'];

/** Keys are text, as they are written: `NULL` and `007` are names like any other. */
const YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  merge: true,
  prettyErrors: false,
  stringKeys: true,
  // Sets, dates and bytes are none of JSON's types.
  resolveKnownTags: false,
  // The parser compares each key with each; `repeatedKeys` looks at each once.
  uniqueKeys: false,
};

/**
 * Reads a topology file, checks all of it and fills in what it leaves out.
 *
 * @param file path of the YAML file, relative to the working directory
 * @param check finds what is wrong with more than the file
 * @param warn takes the lines about what is allowed and should be looked at
 * @throws TopologyError with every problem of the file, each with its line
 */
export function loadTopology(
  file: string,
  check: (topology: ResolvedTopology) => readonly Problem[] = () => [],
  warn: (line: string) => void = () => {},
): ResolvedTopology {
  const refuse = (message: string, line?: number): never => {
    throw new TopologyError(file, [{ path: [], message, line }]);
  };
  if (!existsSync(file) || !statSync(file).isFile()) {
    refuse('is not a file; name a topology file with --topology or TOPOLOGY');
  }
  const { size } = statSync(file);
  if (size > LARGEST_FILE) {
    refuse(`must be at most ${LARGEST_FILE} bytes, got ${size}; write several topologies`);
  }
  const source = readText(file, refuse);
  const deep = tooDeep(source);
  if (deep !== undefined) {
    refuse(
      `must have at most ${MOST_LEVELS} brackets or columns of indentation within each other`,
      deep,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(source, { ...YAML, lineCounter: lines });
  const mistakes = yamlMistakes(document, source).map(({ offset, message }) => ({
    path: [],
    message: `is not valid YAML: ${message}`,
    line: lines.linePos(offset).line,
  }));
  // What follows on the same line is seldom another mistake.
  const firsts = mistakes.filter(({ line }, index) => mistakes[index - 1]?.line !== line);
  if (firsts.length > 0) throw new TopologyError(file, firsts);
  const content = contentOf(document, refuse);
  const folder = path.dirname(file);
  const { topology, problems: own } = validate(content, folder);
  const problems = topology ? check(topology) : own;
  const inOrder = (found: readonly Problem[]) =>
    found
      .map((problem) => {
        const { offset, written } = placeOf(problem.path, document.contents);
        return { ...problem, line: lines.linePos(offset).line, written };
      })
      .sort((a, b) => a.line - b.line);
  if (!topology || problems.length > 0) {
    throw new TopologyError(file, markInQuotes(inOrder(problems), content, folder));
  }
  for (const problem of inOrder(secretVariables(topology))) warn(formatProblem(file, problem));
  return topology;
}

/**
 * The line where more is nested than the parser, which is recursive, could take. Brackets count, and
 * before the first of them the columns of indentation, of which each level needs one.
 */
function tooDeep(source: string): number | undefined {
  let line = 1;
  let brackets = 0;
  let columns = 0;
  let leading = true;
  let inText = false;
  for (const token of new Lexer().lex(source)) {
    const type: string = (inText ? 'scalar' : CST.tokenType(token)) ?? '';
    inText = type === 'scalar' && !inText;
    if (/^flow-.*-start$/.test(type)) brackets += 1;
    if (/^flow-.*-end$/.test(type)) brackets -= 1;
    if (type === 'newline' && brackets === 0) columns = 0;
    if (type === 'newline') leading = true;
    else if (INDENTING.includes(type)) columns += leading && brackets === 0 ? token.length : 0;
    else if (type !== 'comment' && brackets + columns > MOST_LEVELS) return line;
    else leading = false;
    line += token.split('\n').length - 1;
  }
  return undefined;
}

/** The content with all aliases written out. */
function contentOf(document: Document, refuse: (message: string) => never): unknown {
  const tooLarge = `must have at most ${LARGEST_CONTENT} characters with its aliases written out; use fewer of them, or write several topologies`;
  try {
    const content = document.toJS({ maxAliasCount: MOST_ALIASES });
    // Of an empty document there is no JSON.
    const { length } = JSON.stringify(content) ?? '';
    return length > LARGEST_CONTENT ? refuse(tooLarge) : content;
  } catch (error) {
    const { message } = error as Error;
    if (/^(Excessive alias count|Invalid string length)/.test(message)) return refuse(tooLarge);
    throw error;
  }
}

/** Where a path is in the file: its key, or the nearest one above it that is there. */
function placeOf(path: Problem['path'], root: Node | null) {
  let node: unknown = root;
  let key = root;
  for (const name of path) {
    const pair = isMap<Scalar, unknown>(node)
      ? node.items.find((each) => String(each.key.value) === name)
      : undefined;
    const item = isSeq<Node>(node) ? node.items[Number(name)] : undefined;
    if (!pair && !item) return { offset: key?.range?.[0] ?? 0 };
    node = pair ? pair.value : item;
    key = pair?.key ?? item ?? null;
  }
  // As it is written, if YAML reads it as something else than text.
  const written = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
  return { offset: key?.range?.[0] ?? 0, written: written || undefined };
}
