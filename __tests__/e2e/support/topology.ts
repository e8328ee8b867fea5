import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Document, isMap, parseDocument } from 'yaml';

/** Of the Node.js runtimes the newest that AWS providers of version 5 take as well. */
const RUNTIME = 'nodejs22.x';

/** Keys of a function whose values are paths. */
const PATHS = [['entry'], ['code', 'directory']];

/**
 * Writes a topology file of a content of `topologies/`, with a runtime in place of the default and the paths as they
 * are there; returns its path.
 */
export function writeTopology(content: string): string {
  const topology = parseDocument(content);
  const consumers = topology.get('consumers');
  for (const { value } of isMap(consumers) ? consumers.items : []) {
    if (!isMap(value) || !value.has('function')) continue;
    if (!value.hasIn(['function', 'runtime'])) value.setIn(['function', 'runtime'], RUNTIME);
    for (const place of PATHS.map((keys) => ['function', ...keys])) {
      const named = value.getIn(place);
      if (named !== undefined) value.setIn(place, path.resolve('topologies', String(named)));
    }
  }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'topology-')), 'topology.yaml');
  writeFileSync(file, topology.toString());
  return file;
}

/** Lets the tables of a topology be destroyed with their stacks. */
export function unprotectTables(topology: Document): void {
  const producers = topology.get('producers');
  if (!isMap(producers)) throw new Error('the topology has no producers');
  for (const { key } of producers.items) {
    topology.setIn(['producers', String(key), 'table', 'deletionProtection'], false);
  }
}
