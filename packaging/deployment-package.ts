import { arns } from '../topology/arns';
import type {
  Entry,
  ResolvedConsumer,
  ResolvedFunction,
  TableReference,
} from '../topology/resolve';
import { type Bundle, bundle } from './bundle';
import { isOwn } from './bundled-sources';
import { codeFiles, PACKAGE } from './package-files';
import { packageHash } from './package-hash';

/** What a function is deployed from. */
export interface DeploymentPackage {
  readonly directory: string;
  /** As the runtime expects it. */
  readonly handler: string;
}

/** @param sources tables whose changes a processor takes */
export function deploymentPackage(
  { code, runtime }: ResolvedFunction,
  sources: readonly TableReference[],
): DeploymentPackage {
  if (code.type === 'folder') return code;
  const { directory } = bundleFor(code, runtime, sources);
  return { directory, handler: 'index.handler' };
}

function bundleFor(
  { entry, files, folder }: Entry,
  runtime: string,
  sources: readonly TableReference[],
): Bundle {
  return bundle(entry, runtime, {
    files,
    folder,
    tableArns: [...new Set(sources.map(arns.table))],
  });
}

/** What a deployment package is made of. */
export interface PackageOrigin {
  /** The entry or the prepared folder. */
  readonly source: string;
  /** SHA-256 of the names and the content of its files, without a bundle's source map, which has paths of packages. */
  readonly hash: string;
  /** The files it is made of but those of packages, sorted: of an entry from the working directory, else from the folder. */
  readonly own: readonly string[];
}

export function packageOrigin({ function: settings, sources }: ResolvedConsumer): PackageOrigin {
  const { code, runtime } = settings;
  if (code.type === 'entry') {
    const { directory, own } = bundleFor(code, runtime, sources);
    return { source: code.entry, hash: packageHash(directory, PACKAGE.sourceMap), own };
  }
  const { directory } = code;
  const own = codeFiles(directory, () => undefined).filter(isOwn);
  return { source: directory, hash: packageHash(directory), own };
}
