import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEPLOYMENT_PACKAGE } from '../../../topology/limits';
import { problemsOf, topology } from '../../helpers/topology';

type Files = Readonly<Record<string, string | Buffer>>;

const FUNCTION = 'consumers.process-orders.function';
const HANDLER = { 'index.js': 'exports.handler = async () => {};\n' };
mkdirSync('dist', { recursive: true });
const scratch = mkdtempSync(path.join('dist', 'code-folder-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder of these files, and of links by what they lead to. */
function folder(files: Files = HANDLER, links: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(path.join(scratch, 'code-'));
  const at = (name: string) => {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    return path.join(directory, name);
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, at(name));
  return directory;
}

/** What is wrong with a folder, without what all lines have. */
function problems(directory: string, settings: object = {}): string[] {
  const code = { directory, handler: 'index.handler' };
  const found = problemsOf(topology({ [FUNCTION]: { name: 'ProcessOrders', code, ...settings } }));
  return found.map((line) =>
    line
      .replace(`${FUNCTION}.code.directory must `, '')
      .replace(`, got "${directory}"`, '')
      .replaceAll(`${directory}/`, ''),
  );
}

const ELSEWHERE =
  'outside the project and the folder of the topology; copy it there, or make it a package and install that';
const held = (what: string) => `have only files for the function in it; ${what}`;

describe('what is elsewhere is refused,', () => {
  const elsewhere = realpathSync(mkdtempSync(path.join(tmpdir(), 'else-')));
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  test('an entry', () => {
    const entry = path.join(elsewhere, 'index.ts');
    writeFileSync(entry, '');
    expect(problemsOf(topology({ [`${FUNCTION}.entry`]: entry }))).toEqual([
      `${FUNCTION}.entry must be a file for the function; it is ${ELSEWHERE}, got "${entry}"`,
    ]);
  });

  test('a folder', () => {
    const shown = path.relative('.', elsewhere);
    expect(problems(elsewhere)).toEqual([held(`${shown} is ${ELSEWHERE}`)]);
  });
});

describe('a link', () => {
  const LOOP = 'is a link that leads to itself';
  const OWN = 'is a link to a folder that it is in; leave it out';

  test.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['to what does not exist', { link: 'nowhere' }, ['link is a link to what is not there']],
    [
      'that leads to itself, once for each loop,',
      { 'lib/a': 'c', 'lib/b': 'c', 'lib/c': 'b', link: 'link' },
      [`lib/b ${LOOP}`, `link ${LOOP}`],
    ],
    [
      'that leads to itself through a folder',
      { 'lib/a': '../other/a', other: 'lib' },
      [`lib/a ${LOOP}`],
    ],
    ['below one that leads to itself', { a: 'b/c', b: 'b' }, [`a ${LOOP}`, `b ${LOOP}`]],
    ...['.', '..', '../..'].map((target): [string, Record<string, string>, string[]] => [
      `to the folder ${target} that it is in`,
      { 'lib/link': target },
      [`lib/link ${OWN}`],
    ]),
  ])('%s is refused', (_, links, refused) => {
    expect(problems(folder(HANDLER, links))).toEqual(refused.map(held));
  });

  test('to a file and to a folder elsewhere is followed', () => {
    const other = path.resolve(folder());
    const links = { 'index.js': `${other}/index.js`, once: other, twice: other };
    expect(problems(folder({}, links))).toEqual([]);
  });
});

describe('refused is', () => {
  test('a pipe', () => {
    const directory = folder();
    execFileSync('mkfifo', [path.join(directory, 'pipe')]);
    expect(problems(directory)).toEqual([held('pipe is neither a file nor a folder')]);
  });

  test('a name that is not UTF-8', () => {
    const directory = folder({ ...HANDLER, 'ü\ufffd.txt': '', 'lib/a': '' });
    for (const name of ['\xff\xfe.py', 'f\xfcr']) {
      const folderName = Buffer.from(`${path.resolve(directory)}/lib/`);
      writeFileSync(Buffer.concat([folderName, Buffer.from(name, 'latin1')]), '');
    }
    expect(problems(directory).toSorted()).toEqual([
      held('lib/\\xff\\xfe.py has a name that is not UTF-8; rename it'),
      held('lib/f\\xfcr has a name that is not UTF-8; rename it'),
    ]);
  });

  test.each([
    ['nothing in it', []],
    ['nothing but empty folders in it', ['a/b', 'c']],
  ])('a folder with %s', (_, folders) => {
    const directory = folder({});
    for (const name of folders) mkdirSync(path.join(directory, name), { recursive: true });
    expect(problems(directory)).toEqual(['have files in it']);
  });

  test('a folder that holds the output', () => {
    expect(problems('.')).toEqual([
      'not hold cdktf.out, into which it is copied; move the code to its own folder',
    ]);
  });
});

describe('the size', () => {
  test('of 250 MB is accepted, and no byte more', () => {
    const directory = folder({ ...HANDLER, blob: '' });
    const rest = DEPLOYMENT_PACKAGE.unzippedSize - HANDLER['index.js'].length;
    truncateSync(path.join(directory, 'blob'), rest + 1);
    expect(problems(directory)).toEqual([
      'be at most 262144000 bytes (250 MB), which Lambda takes unzipped, and has 262144001; leave out what the function does not need',
    ]);
  });

  test('as a zip file over 50 MB is refused', () => {
    const blob = randomBytes(DEPLOYMENT_PACKAGE.zippedSize);
    expect(problems(folder({ ...HANDLER, blob }))).toEqual([
      expect.stringMatching(
        /^be at most 52428800 bytes \(50 MB\) as a zip file, which Lambda takes in an upload, and has about 524\d{5}; leave out what the function does not need$/,
      ),
    ]);
  });

  test('over 50 MB that a zip file makes smaller is accepted', () => {
    const blob = Buffer.alloc(DEPLOYMENT_PACKAGE.zippedSize);
    expect(problems(folder({ ...HANDLER, blob }))).toEqual([]);
  });
});

describe('the architecture', () => {
  /** The beginning of an ELF file. */
  function elf(machine: number, type = 3): Buffer {
    const header = Buffer.alloc(64);
    header.write('\x7fELF', 'latin1');
    header[4] = 2;
    header[5] = 1;
    header.writeUInt16LE(type, 16);
    header.writeUInt16LE(machine, 18);
    return header;
  }
  const beginning = (hex: string) => Buffer.from(hex.padEnd(128, '0'), 'hex');
  const X86_64 = elf(62);
  const ARM64 = elf(183);
  const MAC_OS = beginning('cffaedfe');
  const other = (are: string) =>
    `be built for Linux on arm64: ${are} for x86_64; build it for that, or write architecture: x86_64`;
  const notLinux = (name: string, system: string) =>
    `be built for Linux on arm64: ${name} is for ${system}; build it for that`;

  test.each<[string, Files, settings: object, problems: string[]]>([
    ['arm64 is that of the files', { 'lib/addon.node': ARM64 }, { architecture: 'arm64' }, []],
    ['x86_64 is that of the files', { 'lib/addon.node': X86_64 }, { architecture: 'x86_64' }, []],
    [
      'of an addon must be that of the function',
      { 'lib/addon.node': X86_64 },
      {},
      [other('lib/addon.node is')],
    ],
    [
      'of several files is one line',
      { 'lib/addon.node': X86_64, 'lib/libssl.so.3': X86_64, tool: elf(62, 2) },
      {},
      [other('lib/addon.node and 2 more are')],
    ],
    [
      'of a machine that Lambda does not have has no remedy but to build',
      { 'a.so': elf(40), 'b.so': elf(243) },
      { architecture: 'x86_64' },
      ['a.so is for Arm of 32 bits', 'b.so is for another machine (ELF 243)'].map(
        (file) => `be built for Linux on x86_64: ${file}; build it for that`,
      ),
    ],
    [
      'of a bootstrap must be that of the function',
      { bootstrap: elf(62, 2) },
      { runtime: 'provided.al2023' },
      [other('bootstrap is')],
    ],
    [
      'of a package that is built for several is the one that fits',
      {
        'prebuilds/linux-x64/node.napi.node': X86_64,
        'prebuilds/linux-arm64/node.napi.node': ARM64,
        'lib/sharp-linux-x64.node': X86_64,
        'lib/sharp-linux-arm64v8.node': ARM64,
      },
      {},
      [],
    ],
    ['of macOS is refused', { 'addon.node': MAC_OS }, {}, [notLinux('addon.node', 'macOS')]],
    [
      'of several of macOS is refused',
      { 'lib/libx.so': beginning('cafebabe') },
      {},
      [notLinux('lib/libx.so', 'macOS')],
    ],
    [
      'of Windows is refused',
      { 'lib/x.abi3.so': beginning('4d5a9000') },
      {},
      [notLinux('lib/x.abi3.so', 'Windows')],
    ],
    [
      'of files that Linux does not load does not count',
      {
        'node_modules/fsevents/fsevents.node': MAC_OS,
        'node_modules/a/prebuilds/darwin-arm64/a.node': MAC_OS,
        'md.cpython-313-darwin.so': MAC_OS,
        'build/Release/addon.node': MAC_OS,
        'lib/linux/addon.node': ARM64,
        'bin/tool': MAC_OS,
        'lib/Handler.class': beginning('cafebabe'),
      },
      {},
      [],
    ],
    [
      'of other files does not count',
      { 'probe.o': elf(247, 1), 'text.node': '\x7fELF', 'addon.node': Buffer.alloc(64) },
      {},
      [],
    ],
  ])('%s', (_, files, settings, expected) => {
    expect(problems(folder({ ...HANDLER, ...files }), settings)).toEqual(expected);
  });
});
