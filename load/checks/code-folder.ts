/** What Lambda, or the copy of the folder, would fail at: files, links, sizes, handler, architecture. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { confinement, isInside, type Refusal, realPath } from '../../packaging/confinement';
import { type CodeFile, readCodeFolder } from '../../packaging/package-files';
import { DEPLOYMENT_PACKAGE } from '../../topology/limits';
import type { Topology } from '../../topology/schema';
import { type Declared, type Report, sound } from './declared';
import { bootstrapProblem, handlerProblem } from './handler';

type Code = NonNullable<Topology['consumers'][string]['function']['code']>;
type Architecture = Topology['consumers'][string]['function']['architecture'];

export function codeFolder({ consumers, folder }: Declared, report: Report): void {
  const refusal = confinement(folder);
  for (const [name, { function: settings }] of sound(consumers)) {
    const { code, entry, runtime, architecture, environment } = settings;
    if (!code || entry !== undefined) continue; // functionCode reports both together
    const place = ['consumers', name, 'function', 'code'];
    const refuse = (message: string) => report([...place, 'directory'], message, code.directory);
    const { files, problems } = contentOf(code.directory, refusal);
    for (const message of [...problems, ...filesProblems(code, files, architecture)]) {
      refuse(message);
    }
    if (problems.length > 0 || files.length === 0) continue;
    const names = files.map((file) => file.name);
    const start = bootstrapProblem({ ...code, runtime }, names);
    if (start) refuse(start);
    const problem = handlerProblem({ ...code, runtime, environment }, names);
    if (problem) report([...place, 'handler'], problem, code.handler);
  }
}

/** All that is wrong with the folder as a whole, or its files. */
function contentOf(
  directory: string,
  refusal: Refusal,
): { files: readonly CodeFile[]; problems: readonly string[] } {
  const wrong = (problem: string) => ({ files: [], problems: [problem] });
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    return wrong('must be a folder that exists, relative to cdktf.json');
  }
  const real = realPath(directory);
  const output = outputFolders().find((folder) => isInside(path.resolve(folder), real));
  if (output !== undefined) {
    return wrong(
      `must not hold ${output}, into which it is copied; move the code to its own folder`,
    );
  }
  return readCodeFolder(directory, refusal);
}

/** Where stacks, and with them the code, are written. */
function outputFolders(): string[] {
  return [process.env.CDKTF_OUTDIR ?? 'cdktf.out', 'hcl.out'];
}

function filesProblems(
  { directory }: Code,
  files: readonly CodeFile[],
  architecture: Architecture,
): string[] {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const { unzippedSize, zippedSize } = DEPLOYMENT_PACKAGE;
  if (size > unzippedSize) {
    return [
      `must be at most ${unzippedSize} bytes (250 MB), which Lambda takes unzipped, and has ${size}; leave out what the function does not need`,
    ];
  }
  const zipped = size > zippedSize ? sizeZipped(directory, files) : size;
  return [
    ...(zipped > zippedSize
      ? [
          `must be at most ${zippedSize} bytes (50 MB) as a zip file, which Lambda takes in an upload, and has about ${zipped}; leave out what the function does not need`,
        ]
      : []),
    ...otherArchitecture(directory, files, architecture),
  ];
}

function sizeZipped(directory: string, files: readonly CodeFile[]): number {
  return files.reduce(
    (sum, { name }) => sum + deflateRawSync(readFileSync(path.join(directory, name))).length,
    0,
  );
}

/** Values of `e_machine`: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES: Readonly<Record<number, string>> = {
  3: 'x86 of 32 bits',
  40: 'Arm of 32 bits',
  62: 'x86_64',
  183: 'arm64',
};

/** How files begin that were built for another operating system: Mach-O, also for several machines, and PE. */
const OTHER_SYSTEMS: readonly (readonly [start: string, system: string])[] = [
  ['feedface', 'macOS'],
  ['feedfacf', 'macOS'],
  ['cefaedfe', 'macOS'],
  ['cffaedfe', 'macOS'],
  ['cafebabe', 'macOS'],
  ['cafebabf', 'macOS'],
  ['4d5a', 'Windows'],
];

/** Parts of paths of files that Linux does not load, since packages choose them by name. */
const OTHER_SYSTEM_IN_PATH = /darwin|macos|osx|apple|fsevents|win32|win64|windows|win-|win_/i;

/** Parts of names by which packages tell the same file for several architectures apart. */
const ARCHITECTURE_IN_NAME = /x86_64|x86-64|amd64|x64|aarch64|arm64(v8)?|armv\d+\w?|ia32|i686/g;

/** Executables and libraries for another architecture, unless the folder has the same for the right one. */
function otherArchitecture(
  directory: string,
  files: readonly CodeFile[],
  architecture: Architecture,
): string[] {
  const found = files.flatMap(({ name, size }) => {
    const machine = size >= 20 ? machineOf(directory, name) : undefined;
    return machine === undefined ? [] : [{ name, machine, key: withoutArchitecture(name) }];
  });
  const right = new Set(
    found.filter(({ machine }) => machine === architecture).map(({ key }) => key),
  );
  const wrong = found.filter(({ machine, key }) => machine !== architecture && !right.has(key));
  const machines = [...new Set(wrong.map(({ machine }) => machine))];
  return machines.map((machine) => {
    const [first, ...more] = wrong.filter((each) => each.machine === machine);
    const others = more.length > 0 ? ` and ${more.length} more are` : ' is';
    const remedy =
      machine === 'x86_64' || machine === 'arm64' ? `, or write architecture: ${machine}` : '';
    const isLinux = OTHER_SYSTEMS.every(([, system]) => system !== machine);
    return isLinux
      ? `must be built for ${architecture}, the architecture of the function: ${first?.name}${others} for ${machine}; build for ${architecture}${remedy}`
      : `must be built for Linux: ${first?.name}${others} for ${machine}; build for Linux on ${architecture}`;
  });
}

function withoutArchitecture(name: string): string {
  return path.posix.basename(name).replace(ARCHITECTURE_IN_NAME, '');
}

/** What an executable or a library runs on; undefined for any other file. */
function machineOf(directory: string, name: string): string | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(path.join(directory, name), 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (/\.(node|so)$/.test(name) && !OTHER_SYSTEM_IN_PATH.test(name)) {
    const start = header.toString('hex');
    const [, system] = OTHER_SYSTEMS.find(([each]) => start.startsWith(each)) ?? [];
    if (system) return system;
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const [type, machine] = [16, 18].map((offset) =>
    header[5] === 2 ? header.readUInt16BE(offset) : header.readUInt16LE(offset),
  );
  // An object file is not run.
  if (type === 1 || machine === undefined) return undefined;
  return MACHINES[machine] ?? `another machine (ELF ${machine})`;
}
