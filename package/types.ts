import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../topology/paths';
import { packageOf } from './bundles';

/** As in package/tsconfig.json. */
const ENTRIES = ['index', 'lambda-src/processor'];

/**
 * Writes the types of the entry points, with those that they lead to.
 *
 * @param packages that come with ours
 * @throws Error if another one is imported
 */
export function writeTypes(outdir: string, packages: ReadonlySet<string>): void {
  const scratch = temporaryFolder('types-');
  const tsc = require.resolve('typescript/package.json').replace(/package\.json$/, 'bin/tsc');
  try {
    execFileSync(process.execPath, [tsc, '-p', 'package', '--outDir', scratch], {
      // What it prints goes where standard output stays that of npm pack --json.
      stdio: ['ignore', process.stderr, 'inherit'],
    });
    const declarations = ENTRIES.map((entry) => `${entry}.d.ts`);
    for (const file of reached(scratch, declarations, packages)) {
      cpSync(path.join(scratch, file), path.join(outdir, file));
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  for (const entry of ENTRIES) {
    const text = `export * from './${path.basename(entry)}.js';\n`;
    writeFileSync(path.join(outdir, `${entry}.d.mts`), text);
  }
}

/** Declaration files in a folder, and those that they lead to. */
export function reached(
  folder: string,
  entries: readonly string[],
  packages: ReadonlySet<string>,
): Set<string> {
  const files = new Set(entries);
  for (const file of files) {
    for (const specifier of specifiersIn(readFileSync(path.join(folder, file), 'utf8'))) {
      const target = path.join(path.dirname(file), specifier);
      const found = [`${target}.d.ts`, path.join(target, 'index.d.ts')].find(
        (place) => specifier.startsWith('.') && existsSync(path.join(folder, place)),
      );
      if (found !== undefined) files.add(found);
      else if (!packages.has(packageOf(specifier))) {
        throw new Error(
          `${file} must not import ${specifier}: types may only import what comes with the package`,
        );
      }
    }
  }
  return files;
}

/** What `import`, `export … from`, `import('…')` and `/// <reference types="…" />` name. */
function specifiersIn(declarations: string): string[] {
  const code = declarations.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const named = /(?:\bfrom |\bimport |\bimport\(|<reference (?:types|path)=)['"]([^'"]+)['"]/g;
  return [...code.matchAll(named)].map(([, specifier = '']) => specifier);
}
