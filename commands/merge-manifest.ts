import { z } from 'zod';
import template from '../init/package.json';
import { formatProblem, UserError } from '../topology/problem';

const texts = z.record(z.string(), z.string()).optional();

const MANIFEST = z.looseObject({
  scripts: texts,
  dependencies: texts,
  devDependencies: texts,
  optionalDependencies: texts,
  allowScripts: z.record(z.string(), z.boolean()).optional(),
});

/** npm takes it, and JSON.parse does not. */
const BYTE_ORDER_MARK = /^\ufeff?/;

/** The script `test` of `npm init`. */
const NO_TEST = 'echo "Error: no test specified" && exit 1';

/**
 * Adds the scripts and packages of init/package.json to a package.json. What it has stays, its line ends as well.
 *
 * @param text of the package.json; default: there is none yet
 * @returns its new text, and a line for each of its scripts that would have to be another one
 * @throws UserError if it cannot be read
 */
export function mergeManifest(text = '{ "private": true }') {
  const manifest = parse(text);
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const present = { ...dependencies, ...devDependencies, ...optionalDependencies };
  const missing = (packages: object) =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !(name in present)));
  const merged = {
    ...manifest,
    scripts: { ...manifest.scripts, ...template.scripts },
    devDependencies: { ...devDependencies, ...missing(template.devDependencies) },
    optionalDependencies: { ...optionalDependencies, ...missing(template.optionalDependencies) },
    allowScripts: { ...template.allowScripts, ...manifest.allowScripts },
  };
  const problems = Object.entries(template.scripts).flatMap(([name, script]) => {
    const received = manifest.scripts?.[name] ?? script;
    if (received === script || received === NO_TEST) return [];
    const message = `must be ${JSON.stringify(script)}; give yours another name`;
    return [formatProblem('package.json', { path: ['scripts', name], message, received })];
  });
  const [indent = 2] = /^[ \t]+(?=")/m.exec(text) ?? [];
  const [mark = ''] = BYTE_ORDER_MARK.exec(text) ?? [];
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const written = `${mark}${JSON.stringify(merged, null, indent)}\n`.replaceAll('\n', lineEnd);
  return { text: written, problems };
}

function parse(text: string): z.infer<typeof MANIFEST> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    throw new UserError(`package.json is not valid JSON: ${(error as Error).message}`);
  }
  const { error } = MANIFEST.safeParse(manifest);
  // As it is, since zod puts the keys in another order.
  if (!error) return manifest as z.infer<typeof MANIFEST>;
  throw new UserError(
    ...error.issues.map(({ path, message }) => formatProblem('package.json', { path, message })),
  );
}
