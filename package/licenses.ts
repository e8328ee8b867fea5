import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED } from './bundles';

/** Licenses of packages that come with ours. None asks more of whoever uses them than to keep a notice. */
const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'Public Domain',
];

export interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * @param names of packages that the lock file has at its top
 * @throws Error if one of them, or one that they bring, has a license that is not allowed
 */
export function requireAllowedLicenses({ packages }: Lock, names: readonly string[]): void {
  const places = new Set(names.map((name) => `node_modules/${name}`));
  for (const place of places) {
    const { license = 'no license', ...locked } = packages[place] ?? {};
    if (!ALLOWED.includes(license)) {
      throw new Error(
        `${place} must have one of the licenses ${ALLOWED.join(', ')}, got ${license}`,
      );
    }
    const brought = {
      ...locked.dependencies,
      ...locked.optionalDependencies,
      ...locked.peerDependencies,
    };
    for (const name of Object.keys(brought)) {
      const found = placeOf(name, place, packages);
      if (found !== undefined) places.add(found); // optional ones may not be there
    }
  }
}

/** Where Node.js finds a package, from another one. */
function placeOf(name: string, from: string, packages: Lock['packages']): string | undefined {
  const place = `${from}/node_modules/${name}`;
  if (place in packages) return place;
  const above = from.lastIndexOf('/node_modules/');
  if (above >= 0) return placeOf(name, from.slice(0, above), packages);
  return `node_modules/${name}` in packages ? `node_modules/${name}` : undefined;
}

/** The text of THIRD-PARTY-NOTICES. */
export function notices(): string {
  return BUNDLED.map(notice).join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(name: string): string {
  const file = require.resolve(`${name}/package.json`);
  const { version, license, repository } = JSON.parse(readFileSync(file, 'utf8'));
  const address = repository.url.replace(/^git\+|\.git$/g, '');
  const text = readFileSync(path.join(path.dirname(file), 'LICENSE'), 'utf8');
  return `${name} ${version}
License: ${license}
Source: ${address}/tree/v${version}
        https://www.npmjs.com/package/${name}/v/${version}

dist/package/${path.basename(name)}/ has the files of this package that are used, under its license, and unmodified but
for esbuild, which makes one file of each class.

${text}`;
}
