/** The parts of a package.json that name cdktf. */
export interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  /** The CLI. */
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** Ranges that a CDK Terrain provider has for its peers. */
export interface Peers {
  readonly cdktn: string;
  readonly constructs: string;
}

/** Source text with its imports of cdktf as imports of cdktn. Other strings stay as they are. */
export function renameImports(source: string): string {
  return source.replaceAll(
    /(\b(?:from|import|import\s*\(|require(?:\.resolve)?\s*\()\s*(['"])@?)cdktf(?=\/|\2)/g,
    '$1cdktn',
  );
}

/**
 * What the app needs to be synthesized with cdktn: its dependencies, those of cdktf replaced. The
 * newest providers say which cdktn and which constructs they go with. The CLI is left out: the app
 * runs without it, and it wants a newer Node.js than the project does.
 */
export function renameDependencies<P extends Package>(
  { dependencies, optionalDependencies: _, ...rest }: P,
  peers: Peers,
) {
  const renamed = Object.entries(dependencies).map(([name, range]): [string, string] => {
    if (name === 'cdktf') return ['cdktn', peers.cdktn];
    if (name === 'constructs') return [name, peers.constructs];
    return name.startsWith('@cdktf/')
      ? [name.replace('@cdktf/', '@cdktn/'), 'latest']
      : [name, range];
  });
  return { ...rest, dependencies: Object.fromEntries(renamed) };
}
