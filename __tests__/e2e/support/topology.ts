import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Document, isMap } from 'yaml';

/** Writes a topology file of this content; returns its path. */
export function writeTopology(content: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'topology-')), 'topology.yaml');
  writeFileSync(file, content);
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
