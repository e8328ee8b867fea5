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

/** What is read of package-lock.json. npm marks what only tests, or no user at all, need. */
export interface Lock {
  readonly packages: Readonly<
    Record<string, { license?: string; dev?: boolean; devOptional?: boolean; optional?: boolean }>
  >;
}

/** @throws Error if a package that comes with ours has a license that is not allowed */
export function requireAllowedLicenses({ packages }: Lock): void {
  for (const [place, locked] of Object.entries(packages)) {
    const { license = 'no license', dev, devOptional, optional } = locked;
    if (dev || devOptional || optional || ALLOWED.includes(license)) continue;
    throw new Error(`${place} must have one of the licenses ${ALLOWED.join(', ')}, got ${license}`);
  }
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
