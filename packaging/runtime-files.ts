import { OWN_FOLDER, ownFile } from '../topology/own-files';
import { isInside, realPath } from '../topology/paths';
import { DEFAULT_ENTRIES } from '../topology/sinks';
import { relative } from './package-files';

/** What this project adds to functions, in its own folder. The rest of `lambda-src` is the user's. */
export const RUNTIME_FILES: readonly string[] = [
  'lambda-src/contract.ts',
  'lambda-src/processor.ts',
  'lambda-src/runtime',
  'lambda-src/sinks',
  ...DEFAULT_ENTRIES.map((entry) => relative(OWN_FOLDER, entry)),
];

const PLACES = RUNTIME_FILES.map(ownFile).map(realPath);

/** Whether this project added a file to a function, by whatever path or link. */
export function isOfRuntime(file: string): boolean {
  const real = realPath(file);
  return PLACES.some((place) => isInside(real, place));
}
