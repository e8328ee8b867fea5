import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Writes a topology file of this content; returns its path. */
export function writeTopology(content: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'topology-')), 'topology.yaml');
  writeFileSync(file, content);
  return file;
}
