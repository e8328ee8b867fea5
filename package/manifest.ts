import root from '../package.json';
import { PEERS } from './bundles';

/**
 * The package.json of the package: the repository's, without what is for work on it.
 *
 * @param imported packages that the files of the package import
 * @throws Error if there is no version of one
 */
export function publishedManifest(imported: ReadonlySet<string>): object {
  const { name, version, description, keywords, license, repository } = root;
  const { engines, bin, exports, files, scripts } = root;
  const needed = [...imported].sort();
  return {
    name,
    version,
    description,
    keywords,
    license,
    repository,
    engines,
    bin,
    exports,
    files,
    // While npm packs, another npm pack finds this package.json, and must be refused by them as well.
    scripts: { prepack: scripts.prepack, postpack: scripts.postpack },
    dependencies: versionsOf(needed.filter((name) => !PEERS.includes(name))),
    peerDependencies: versionsOf(needed.filter((name) => PEERS.includes(name))),
  };
}

function versionsOf(names: readonly string[]): object {
  const versions: Readonly<Record<string, string | undefined>> = root.dependencies;
  const missing = names.find((name) => versions[name] === undefined);
  if (missing === undefined) return Object.fromEntries(names.map((name) => [name, versions[name]]));
  throw new Error(`${missing} is imported, so package.json must have it in dependencies`);
}
