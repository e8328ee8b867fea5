import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/** Packages of which only what is used comes with ours: a whole one has over a thousand classes. */
export const BUNDLED: readonly string[] = ['@cdktf/provider-aws', '@cdktf/provider-archive'];

/** What whoever uses the package brings, so that there is one copy of it. */
export const PEERS: readonly string[] = ['cdktf', 'constructs'];

/** Entry points that are in the package as ES modules as well: they have no class in common with others. */
const MODULES = { processor: 'lambda-src/processor.ts', testing: 'lambda-src/testing.ts' };

const ENTRIES = { index: 'index.ts', command: 'commands/index.ts', ...MODULES };

/** What functions are bundled from where the package is used. */
const SOURCES = ['lambda-src/*.ts', 'lambda-src/runtime/*.ts'];

const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

const OWN = { ...OPTIONS, packages: 'external', sourcemap: true } satisfies BuildOptions;

/**
 * Writes the JavaScript of the package: a file for each entry point, and one for each resource class they load.
 *
 * @returns the packages that these files, and the functions, import
 */
export async function writeBundles(outdir: string): Promise<Set<string>> {
  rmSync(outdir, { recursive: true, force: true });
  const classes = new Set<string>();
  const entries = await build({
    ...OWN,
    outdir,
    entryPoints: ENTRIES,
    plugins: [separate(classes)],
    // Under jest there is no import().
    supported: { 'dynamic-import': false },
  });
  const resources = await build({
    ...OPTIONS,
    outdir: path.resolve(outdir),
    // It names files from there, also where node_modules is a link.
    absWorkingDir: path.resolve(require.resolve('@cdktf/provider-aws/package.json'), '../../../..'),
    entryPoints: Object.fromEntries([...classes].map((name) => [fileOf(name), name])),
    external: [...PEERS],
  });
  const modules = await build({
    ...OWN,
    format: 'esm',
    outdir,
    outExtension: { '.js': '.mjs' },
    entryPoints: MODULES,
  });
  // A class is the same, however it is imported.
  writeFileSync(path.join(outdir, 'index.mjs'), "export * from './index.js';\n");
  const functions = await build({ ...OWN, outdir, entryPoints: SOURCES, write: false });

  return new Set([entries, resources, modules, functions].flatMap(importsOf));
}

/** Leaves resource classes out of a bundle, which loads each from a file next to it. */
function separate(classes: Set<string>): Plugin {
  return {
    name: 'separate',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^@cdktf\/provider-/ }, ({ path: name }) => {
        classes.add(name);
        return { path: `./${fileOf(name)}.js`, external: true };
      }),
  };
}

/** `@cdktf/provider-aws/lib/iam-role`: `provider-aws/iam-role` */
function fileOf(name: string): string {
  return name.replace(/^@cdktf\/(.*)\/lib\//, '$1/');
}

function importsOf({ metafile }: { readonly metafile: Metafile }): string[] {
  return Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path: name }) => external && !name.startsWith('.') && !isBuiltin(name))
    .map(({ path: name }) => packageOf(name));
}

/** `@smithy/core/retry`: `@smithy/core` */
function packageOf(specifier: string): string {
  const parts = specifier.startsWith('@') ? 2 : 1;
  return specifier.split('/').slice(0, parts).join('/');
}
