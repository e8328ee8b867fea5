import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { OWN_FOLDER } from '../topology/own-files';
import { isInside, realPath } from '../topology/paths';

/**
 * Why a file or folder may not be in the package of a function, without a full stop; nothing if it may.
 *
 * @param shown whether the message shows its path already; where a link leads is named anyway. Default: false
 */
export type Refusal = (file: string, shown?: boolean) => string | undefined;

/**
 * What is in no package wherever it is: repositories, credentials, Terraform's state, variables and providers. An
 * `.env` for others to copy may be.
 */
const PRIVATE = new RegExp(
  `^(${[
    /\.git|\.git-credentials|\.aws|\.ssh|\.docker|\.kube|\.npmrc|\.netrc|\.pypirc/,
    /\.env(?!\.(?:example|sample|template)$)(?:\..*)?/,
    /id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?/,
    /\.terraform|.*\.tfstate(?:\..*)?|.*\.tfvars(?:\.json)?/,
  ]
    .map(({ source }) => source)
    .join('|')})$`,
  'i',
);

/** What is no file of anybody's, although it can be read like one. */
const SYSTEM = /^\/(proc|sys|dev)(\/|$)/;

/** What the bundler takes for `..`, for Yarn: `__virtual__/<any>/2/a` is `../a`, whatever is at the path itself. */
const VIRTUAL = /(?:^|\/)(__virtual__|\$\$virtual)(?:\/|$)/;

/**
 * Why a path is not that of what the bundler reads, without a full stop; nothing if it is. It looks into ZIP archives
 * as well, behind links too, and takes either slash for one.
 *
 * @see https://github.com/evanw/esbuild/blob/main/internal/fs/fs_zip.go
 */
export function elsewhere(file: string): string | undefined {
  const place = file.replaceAll('\\', '/');
  const [, virtual] = VIRTUAL.exec(place) ?? [];
  if (virtual)
    return `is ${file}, and by ${virtual} the bundler reads another file, as Yarn does; leave it out`;
  const [archive] = /^.*?\.zip(?=\/)/s.exec(place) ?? [];
  if (archive === undefined || (existsSync(archive) && statSync(archive).isDirectory())) return;
  return `is ${file} in a ZIP archive; unpack that`;
}

/** Folders whose packages are allowed at any depth: those to which the files of a commit link. */
export const linkedFrom = new Set<string>();

/**
 * Confines what a function is made of. A file's real path, after all links, must be in
 *
 * - the working directory, the folder of the topology file, its project if that is in a repository, or our own project,
 * - a `node_modules` where Node.js looks for packages: in these folders or in one above them,
 * - a package of the workspace (npm, Yarn, pnpm) around one of these that a `node_modules` there links to.
 *
 * @param folder of the topology file
 * @param here default: the working directory
 */
export function confinement(folder: string, here = '.'): Refusal {
  // Elsewhere, a package.json above may be that of a home folder, whose files are not for functions.
  const project = withParents(realPath(folder)).some(isRepository) ? [projectOf(folder)] : [];
  const roots = [...new Set([here, folder, ...project, OWN_FOLDER].map(realPath))];
  const allowed = [...roots, ...packageFolders(roots)];
  return (file, shown = false) => {
    const real = realPath(file);
    const other = elsewhere(file) ?? elsewhere(path.resolve(file)) ?? elsewhere(real);
    if (other !== undefined) return other;
    const isShown = shown && real === path.resolve(file);
    if (SYSTEM.test(real)) return `is ${real} of the operating system; leave it out`;
    const root = allowed.find((place) => isInside(real, place));
    if (root === undefined) {
      return `is ${isShown ? '' : `${real}, `}outside the project and the folder of the topology; copy it there, or make it a package and install that`;
    }
    const secret = path
      .relative(root, real)
      .split(path.sep)
      .find((part) => PRIVATE.test(part));
    if (secret === undefined) return undefined;
    const never = 'is never a part of a function; leave it out';
    if (!isShown) return `is ${real}, and ${secret} ${never}`;
    return secret === path.basename(real) ? never : `is in ${secret}, which ${never}`;
  };
}

/**
 * The project of a topology: the nearest folder, from the topology's upwards, that has a package.json. It is not looked
 * for above the repository, where it is nobody's or that of a home folder.
 *
 * @param folder of the topology file, which is the project if there is none
 * @returns its real path
 */
export function projectOf(folder: string): string {
  const places = withParents(realPath(folder));
  const top = places.findIndex(isRepository);
  const inRepository = places.slice(0, top === -1 ? undefined : top + 1);
  const isProject = (place: string) => existsSync(path.join(place, 'package.json'));
  return inRepository.find(isProject) ?? realPath(folder);
}

function isRepository(folder: string): boolean {
  return existsSync(path.join(folder, '.git'));
}

function packageFolders(roots: readonly string[]): string[] {
  return [...new Set([...roots.flatMap(withParents), ...linkedFrom])]
    .map((place) => realPath(path.join(place, 'node_modules')))
    .filter((place) => path.basename(place) === 'node_modules' && existsSync(place))
    .concat(roots.flatMap(workspacePackages));
}

/** The packages of the workspace around a folder that are linked for it. */
function workspacePackages(folder: string): string[] {
  const places = withParents(folder);
  const workspace = places.find(isWorkspace);
  if (workspace === undefined) return [];
  return places
    .filter((place) => isInside(place, workspace))
    .flatMap((place) => linksIn(path.join(place, 'node_modules')))
    .map(realPath)
    .filter((place) => isInside(place, workspace) && !isInside(folder, place))
    .filter((place) => existsSync(path.join(place, 'package.json')));
}

/** @see https://docs.npmjs.com/cli/using-npm/workspaces https://pnpm.io/workspaces */
function isWorkspace(folder: string): boolean {
  if (existsSync(path.join(folder, 'pnpm-workspace.yaml'))) return true;
  try {
    return 'workspaces' in JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  } catch {
    return false;
  }
}

/** Links to packages, those with a scope among them. */
function linksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const found = path.join(folder, entry.name);
    if (entry.isSymbolicLink()) return [found];
    return entry.isDirectory() && entry.name.startsWith('@') ? linksIn(found) : [];
  });
}

/** A folder and all above it, from the inside out. */
function withParents(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}
