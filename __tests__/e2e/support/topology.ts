import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Document, isMap, parseDocument } from 'yaml';

/** Of the Node.js runtimes the newest that AWS providers of version 5 take as well. */
const RUNTIME = 'nodejs22.x';

/** Writes a topology file of this content, with a runtime in place of the default; returns its path. */
export function writeTopology(content: string): string {
  const topology = parseDocument(content);
  const consumers = topology.get('consumers');
  for (const { value } of isMap(consumers) ? consumers.items : []) {
    const place = ['function', 'runtime'];
    if (isMap(value) && !value.hasIn(place)) value.setIn(place, RUNTIME);
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
