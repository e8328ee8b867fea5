import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED } from './bundles';

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
