import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED, writeBundles } from './bundles';
import { notices, requireAllowedLicenses } from './licenses';
import { type Manifest, publishedManifest } from './manifest';
import { writeTypes } from './types';

/**
 * Writes what the package has and the repository does not: JavaScript, types, notices.
 *
 * @returns the package.json of the package
 */
export async function buildPackage(folder: string): Promise<Manifest> {
  const outdir = path.join(folder, 'dist', 'package');
  const imported = await writeBundles(outdir);
  const manifest = publishedManifest(readJson('package.json'), imported);
  const { dependencies, peerDependencies } = manifest;
  const packages = Object.keys({ ...dependencies, ...peerDependencies });
  requireAllowedLicenses(readJson('package-lock.json'), [...packages, ...BUNDLED]);
  writeTypes(path.join(outdir, 'types'), new Set(packages));
  writeFileSync(path.join(folder, 'THIRD-PARTY-NOTICES'), notices());
  return manifest;
}

function readJson(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
