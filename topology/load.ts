import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { TopologyError } from './problem';
import type { ResolvedTopology } from './resolve';
import { validate } from './validate';

/**
 * Reads a topology file, checks all of it and fills in what it leaves out.
 *
 * @param file path of the YAML file, relative to the working directory
 * @throws TopologyError with every problem of the file, each with its line
 */
export function loadTopology(file: string): ResolvedTopology {
  if (!existsSync(file) || !statSync(file).isFile()) {
    const message = 'is not a file; set TOPOLOGY to the path of a topology file';
    throw new TopologyError(file, [{ path: [], message }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
  });
  if (document.errors.length > 0) {
    throw new TopologyError(
      file,
      document.errors.map((error) => ({
        path: [],
        message: `is not valid YAML: ${error.message}`,
        line: lines.linePos(error.pos[0]).line,
      })),
    );
  }
  const { topology, problems } = validate(contentOf(document, file));
  if (!topology) {
    throw new TopologyError(
      file,
      problems
        .map((problem) => ({
          ...problem,
          line: lines.linePos(offsetOf(document.contents, problem.path)).line,
        }))
        .sort((a, b) => a.line - b.line),
    );
  }
  return topology;
}

function contentOf(document: Document, file: string): unknown {
  try {
    const content = document.toJS();
    JSON.stringify(content); // throws if an alias stands inside its own anchor
    return content;
  } catch (error) {
    const message = `is not valid YAML: ${(error as Error).message.split('\n')[0]}`;
    throw new TopologyError(file, [{ path: [], message }]);
  }
}

/** Where a path is in the file: its key, or the nearest one above it that is there. */
function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}
