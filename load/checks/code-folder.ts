/** What Lambda, or the copy of the folder, would fail at: files, links, sizes, handler, architecture. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { confinement, type Refusal } from '../../packaging/confinement';
import { type CodeFile, readCodeFolder } from '../../packaging/package-files';
import { DEPLOYMENT_PACKAGE } from '../../topology/limits';
import { isInside, placeNamed, realPath } from '../../topology/paths';
import type { CheckOf, WithFunction } from './declared';
import { bootstrapProblem, handlerProblem } from './handler';

export const codeFolder: CheckOf<WithFunction> = ({ function: settings }, report, { folder }) => {
  const { code, entry, runtime, architecture, environment } = settings;
  if (!code || entry !== undefined) return; // the schema refuses both together
  const { handler } = code;
  const directory = placeNamed(code.directory, folder);
  const refuse = (message: string) =>
    report(['function', 'code', 'directory'], message, code.directory);
  const { files, problems } = contentOf(directory, confinement(folder));
  problems.concat(filesProblems(files, architecture)).forEach(refuse);
  if (problems.length > 0 || files.length === 0) return;
  const start = bootstrapProblem(runtime, files);
  if (start) refuse(start);
  const problem = handlerProblem({ handler, runtime, environment, files });
  if (problem) report(['function', 'code', 'handler'], problem, handler);
};

function contentOf(directory: string, refusal: Refusal): ReturnType<typeof readCodeFolder> {
  const wrong = (problem: string) => ({ files: [], problems: [problem] });
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    return wrong(`must be a folder that exists, relative to the topology's file: ${directory}`);
  }
  // Where stacks, and with them the code, are written.
  const output = [process.env.CDKTF_OUTDIR ?? 'cdktf.out', 'hcl.out'].find((folder) =>
    isInside(path.resolve(folder), realPath(directory)),
  );
  return output === undefined
    ? readCodeFolder(directory, refusal)
    : wrong(`must not hold ${output}, into which it is copied; move the code to its own folder`);
}

function filesProblems(files: readonly CodeFile[], architecture: string): string[] {
  const { unzippedSize, zippedSize } = DEPLOYMENT_PACKAGE;
  const limited = (most: number, takes: string, size: string) =>
    `must be at most ${most} bytes (${takes}, and has ${size}; leave out what the function does not need`;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > unzippedSize) {
    return [limited(unzippedSize, '250 MB), which Lambda takes unzipped', `${size}`)];
  }
  const wrong = otherArchitecture(files, architecture);
  if (size <= zippedSize) return wrong;
  const zip = ({ source }: CodeFile) => deflateRawSync(readFileSync(source));
  const zipped = files.reduce((sum, file) => sum + zip(file).length, 0);
  if (zipped <= zippedSize) return wrong;
  const takes = '50 MB) as a zip file, which Lambda takes in an upload';
  return [limited(zippedSize, takes, `about ${zipped}`), ...wrong];
}

/** Values of `e_machine`: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86 of 32 bits',
  40: 'Arm of 32 bits',
  62: 'x86_64',
  183: 'arm64',
};

/** How files begin that were built for another operating system: Mach-O, also for several machines, and PE. */
const OTHER_SYSTEMS: Readonly<Record<string, RegExp>> = {
  macOS: /^(feedfac[ef]|c[ef]faedfe|cafebab[ef])/,
  Windows: /^4d5a/,
};

/** Parts of paths of files that Linux does not load, since packages choose them by name. */
const OTHER_SYSTEM_IN_PATH = /darwin|macos|osx|apple|fsevents|win32|win64|windows|win-|win_/i;

const ARCHITECTURE_IN_NAME = /x86_64|x86-64|amd64|x64|aarch64|arm64(v8)?|armv\d+\w?|ia32|i686/g;

/** Executables and libraries for another architecture, unless the folder has the same for the right one. */
function otherArchitecture(files: readonly CodeFile[], architecture: string): string[] {
  const found = files.flatMap((file) => {
    const machine = file.size >= 20 ? machineOf(file) : undefined;
    const key = path.posix.basename(file.name).replace(ARCHITECTURE_IN_NAME, '');
    return machine === undefined ? [] : [{ name: file.name, machine, key }];
  });
  const right = new Set(
    found.filter(({ machine }) => machine === architecture).map(({ key }) => key),
  );
  const wrong = found.filter(({ machine, key }) => machine !== architecture && !right.has(key));
  return [...new Set(wrong.map(({ machine }) => machine))].map((machine) => {
    const [first, ...more] = wrong.filter((each) => each.machine === machine);
    const others = more.length > 0 ? ` and ${more.length} more are` : ' is';
    const remedy =
      machine === 'x86_64' || machine === 'arm64' ? `, or write architecture: ${machine}` : '';
    return `must be built for Linux on ${architecture}: ${first?.name}${others} for ${machine}; build it for that${remedy}`;
  });
}

/** What an executable or a library runs on; undefined for any other file. */
function machineOf({ name, source }: CodeFile): string | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(source, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (/\.(node|so)$/.test(name) && !OTHER_SYSTEM_IN_PATH.test(name)) {
    const start = header.toString('hex');
    const system = Object.entries(OTHER_SYSTEMS).find(([, begins]) => begins.test(start));
    if (system) return system[0];
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const [type, machine] = [16, 18].map((offset) =>
    header[5] === 2 ? header.readUInt16BE(offset) : header.readUInt16LE(offset),
  );
  // An object file is not run.
  if (type === 1 || machine === undefined) return undefined;
  return MACHINES[machine] ?? `another machine (ELF ${machine})`;
}
