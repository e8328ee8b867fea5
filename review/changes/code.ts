import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageOrigin } from '../../packaging/deployment-package';
import type { ResolvedTopology } from '../../topology/resolve';
import { groupBy } from '../lists';

/** What functions that are deployed from the same package are made of. */
export interface Code {
  readonly functions: readonly string[];
  /** The entry or the prepared folder. */
  readonly source: string;
  /** SHA-256 of the names and the content of its files. */
  readonly hash: string;
  /** SHA-256 of each file that no package brought: of an entry from the working directory, else from the folder. */
  readonly files: Readonly<Record<string, string>>;
}

export function codeOf({ consumers }: ResolvedTopology): Code[] {
  const all = consumers.map((consumer) => {
    const { code, name } = consumer.function;
    const { source, hash, own } = packageOrigin(consumer);
    const folder = code.type === 'folder' ? code.directory : '.';
    const files = own.map((file) => [file, sha256(path.join(folder, file))]);
    return { name, source, hash, files: Object.fromEntries(files) };
  });
  return groupBy(all, ({ source, hash }) => [source, hash]).map((group) => {
    const [{ source, hash, files }] = group;
    return { functions: group.map(({ name }) => name), source, hash, files };
  });
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
