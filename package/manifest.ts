import { PEERS } from './bundles';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** While npm packs, another npm pack finds the package's package.json, and must be refused by them as well. */
  readonly scripts: Readonly<Record<'prepack' | 'postpack', string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What the package says of itself as the repository does. The rest is for work on it. */
const KEPT = [
  'name',
  'version',
  'description',
  'keywords',
  'license',
  'repository',
  'engines',
  'bin',
  'exports',
  'files',
];

/**
 * The package.json of the package.
 *
 * @param root of the repository
 * @param imported packages that the files of the package import
 * @throws Error if there is no version of one, or one of the KEPT keys is missing
 */
export function publishedManifest(root: Manifest, imported: ReadonlySet<string>): Manifest {
  const needed = [...imported].sort();
  const versions = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, versionOf(root, name)]));
  const kept = KEPT.map((key) => {
    if (root[key] === undefined) throw new Error(`package.json must have ${key}`);
    return [key, root[key]];
  });
  return {
    ...Object.fromEntries(kept),
    scripts: { prepack: root.scripts.prepack, postpack: root.scripts.postpack },
    dependencies: versions(needed.filter((name) => !PEERS.includes(name))),
    peerDependencies: versions(needed.filter((name) => PEERS.includes(name))),
  };
}

function versionOf({ dependencies }: Manifest, name: string): string {
  const version = dependencies[name];
  if (version !== undefined) return version;
  throw new Error(`${name} is imported, so package.json must have it in dependencies`);
}
