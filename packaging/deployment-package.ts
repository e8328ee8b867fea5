import path from 'node:path';
import { arns } from '../topology/arns';
import { isOwn, relative } from '../topology/paths';
import type { Entry, FunctionMaker } from '../topology/resolve';
import { bundle } from './bundle';
import { stableNames } from './origins';
import { packageHash, readCodeFolder } from './package-files';

type Packaged = Pick<FunctionMaker, 'function' | 'sources'>;

/** What a function is deployed from: a folder, absolute, and the handler as the runtime expects it. */
export function deploymentPackage(consumer: Packaged): { directory: string; handler: string } {
  const { code } = consumer.function;
  if (code.type === 'folder') return { ...code, directory: path.resolve(code.directory) };
  return { directory: bundleOf(code, consumer).directory, handler: 'index.handler' };
}

/** A processor takes changes of the tables that its consumer reads. */
function bundleOf({ entry, files, folder }: Entry, { function: { runtime }, sources }: Packaged) {
  const tableArns = [...new Set(sources.map(arns.table))];
  return bundle(entry, runtime, { files, folder, tableArns });
}

/**
 * What a deployment package is made of: the entry, as messages of a function name it, or the prepared folder; the
 * SHA-256 of all its files; and the user's own, sorted: of an entry from the working directory, else from the folder.
 */
export function packageOrigin(consumer: Packaged) {
  const { code } = consumer.function;
  if (code.type === 'entry') {
    const { directory, own } = bundleOf(code, consumer);
    const source = stableNames(code.folder)(code.entry);
    return { source, hash: packageHash(directory), own };
  }
  const { directory } = code;
  const names = readCodeFolder(directory).files.map(({ name }) => name);
  const source = relative('.', directory);
  return { source, hash: packageHash(directory), own: names.filter(isOwn) };
}
