import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Name in package.json, and of the folder in `node_modules`. */
export const PACKAGE_NAME = 'dynamodb-cross-account-streams';

/** The folder of this project, whether it is a clone or installed as a package, built or not. */
export const OWN_FOLDER = ownFolder(__dirname);

/** Whether it is a package that npm brought. */
export const IS_INSTALLED = OWN_FOLDER.split(path.sep).includes('node_modules');

/** Absolute path of a file that belongs to this project, such as `lambda-src/index.ts`. */
export function ownFile(file: string): string {
  return path.join(OWN_FOLDER, file);
}

/** Path of a page of the documentation, from the working directory. */
export function ownPage(name: string): string {
  return path.relative('', ownFile(`docs/${name}`));
}

/** The nearest folder, from this one upwards, whose package.json has our name. */
export function ownFolder(folder: string): string {
  const manifest = path.join(folder, 'package.json');
  const { name } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
  if (name === PACKAGE_NAME) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`${folder} is not in a folder of ${PACKAGE_NAME}`);
  return ownFolder(parent);
}
