import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageOrigin } from '../../packaging/deployment-package';
import { makesFunction, type ResolvedTopology } from '../../topology/resolve';

/** What a function is made of. */
export type Code = ReturnType<typeof codeOf>[number];

export function codeOf({ consumers }: ResolvedTopology) {
  return consumers.filter(makesFunction).map((consumer) => {
    const { code, name } = consumer.function;
    const { source, hash, own } = packageOrigin(consumer);
    const folder = code.type === 'folder' ? code.directory : '.';
    const hashes = own.map((file) => [file, sha256(path.join(folder, file))]);
    /** Hashes of the files that no package brought. */
    const files: Readonly<Record<string, string>> = Object.fromEntries(hashes);
    return { name, source, hash, files };
  });
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
