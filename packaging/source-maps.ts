import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { elsewhere, type Refusal } from './confinement';

/** Text that the bundler read: of a file, or of a `data:` URL in one. */
export interface InputText {
  readonly file: string;
  readonly text: string;
}

/** Comments that name a source map. One may begin where another ends. */
const COMMENT =
  /\/(?:\/[#@] sourceMappingURL=(?=(?<line>\S+))|\*[#@] sourceMappingURL=(?=(?<block>(?:(?!\*\/)\S)+)))/g;

/**
 * A source map that the bundler reads for a file or a `data:` URL, and that is refused. Its names end in the source
 * map of the bundle, but it is not among the inputs.
 *
 * @returns the file that names it, and why it is refused
 */
export function refusedSourceMap(
  inputs: readonly InputText[],
  refusal: Refusal,
): { importer: string; reason: string } | undefined {
  for (const { file, text } of inputs) {
    for (const { groups } of text.matchAll(COMMENT)) {
      const url = groups?.line ?? groups?.block ?? '';
      const reason = placesOf(url, path.dirname(path.resolve(file)))
        .map(
          (place) =>
            elsewhere(place.toString()) ??
            (existsSync(place) ? refusal(realpathSync.native(place)) : undefined),
        )
        .find(Boolean);
      if (reason) return { importer: file, reason };
    }
  }
  return undefined;
}

/** What the bundler reads from `data:text/javascript,…`, whatever the type is. */
export function textOfDataUrl(url: string): string {
  const [head = '', ...data] = url.split(',');
  const bytes = unescaped(data.join(','));
  return head.endsWith(';base64')
    ? Buffer.from(bytes.toString(), 'base64').toString()
    : bytes.toString();
}

/**
 * Where a URL leads, before links and after: `..` after a link is another folder. Names are bytes, since they need
 * not be UTF-8.
 */
function placesOf(url: string, folder: string): Buffer[] {
  if (url.startsWith('data:')) return [];
  const [name = ''] = url.replace(/^(file:)?(\/\/[^/]*(?=\/))?/i, '').split(/[?#]/);
  const [raw, plain] = name.startsWith('/')
    ? [name, path.resolve(name)]
    : [`${folder}/${name}`, path.resolve(folder, name)];
  return [raw, plain].map(unescaped);
}

function unescaped(text: string): Buffer {
  const bytes = Buffer.from(text).toString('latin1');
  const plain = bytes.replaceAll(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

/** Renames the files in a source map that the bundler wrote; other URLs stay. */
export function renameSources(file: string, nameOf: (source: string) => string): void {
  const map: { sources: string[] } = JSON.parse(readFileSync(file, 'utf8'));
  const sources = map.sources.map((source) => {
    const place = fileOf(source, file);
    return place === undefined
      ? source
      : encodeURI(nameOf(place)).replace(/[?#]/g, encodeURIComponent);
  });
  writeFileSync(file, JSON.stringify({ ...map, sources }));
}

function fileOf(url: string, sourceMap: string): string | undefined {
  try {
    return fileURLToPath(new URL(url, pathToFileURL(sourceMap)));
  } catch {
    return undefined;
  }
}
