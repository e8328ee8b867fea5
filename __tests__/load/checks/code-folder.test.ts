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

const FUNCTION = 'consumers.process-orders.function';
const CODE = `${FUNCTION}.code`;
const HANDLER = { 'index.js': 'exports.handler = async () => {};\n' };
mkdirSync('dist', { recursive: true });
const scratch = mkdtempSync(path.join('dist', 'code-folder-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder of these files. */
function folder(files: Readonly<Record<string, string | Buffer>> = HANDLER): string {
  const directory = mkdtempSync(path.join(scratch, 'code-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

function problems(directory: string, settings: object = {}): string[] {
  const code = { directory, handler: 'index.handler' };
  return problemsOf(topology({ [FUNCTION]: { name: 'ProcessOrders', code, ...settings } }));
}

const refused = (directory: string, message: string) => [
  `${CODE}.directory ${message}, got "${directory}"`,
];

const held = (directory: string, name: string, reason: string) =>
  refused(directory, `must have only files for the function in it; ${directory}/${name} ${reason}`);

describe('what is elsewhere is refused,', () => {
  const ELSEWHERE =
    'outside the project and the folder of the topology; copy it there, or make it a package and install that';
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
    expect(problems(elsewhere)).toEqual(
      refused(
        elsewhere,
        `must have only files for the function in it; ${path.relative('.', elsewhere)} is ${ELSEWHERE}`,
      ),
    );
  });
});

describe('a link', () => {
  test('to what does not exist is refused', () => {
    const directory = folder();
    symlinkSync('nowhere', path.join(directory, 'link'));
    expect(problems(directory)).toEqual(held(directory, 'link', 'is a link to what is not there'));
  });

  test('that leads to itself is refused', () => {
    const directory = folder();
    mkdirSync(path.join(directory, 'lib'));
    symlinkSync('b', path.join(directory, 'lib/a'));
    symlinkSync('a', path.join(directory, 'lib/b'));
    expect(problems(directory)).toEqual([
      ...held(directory, 'lib/a', 'is a link that leads to itself'),
      ...held(directory, 'lib/b', 'is a link that leads to itself'),
    ]);
  });

  test.each(['.', '..', '../..'])('to the folder %s that it is in is refused', (target) => {
    const directory = folder();
    mkdirSync(path.join(directory, 'lib'));
    symlinkSync(target, path.join(directory, 'lib/link'));
    expect(problems(directory)).toEqual(
      held(directory, 'lib/link', 'is a link to a folder that it is in; leave it out'),
    );
  });

  test('to a file and to a folder elsewhere is followed', () => {
    const directory = folder({});
    const elsewhere = folder();
    symlinkSync(path.resolve(elsewhere, 'index.js'), path.join(directory, 'index.js'));
    symlinkSync(path.resolve(elsewhere), path.join(directory, 'once'));
    symlinkSync(path.resolve(elsewhere), path.join(directory, 'twice'));
    expect(problems(directory)).toEqual([]);
  });
});

test('a pipe is refused', () => {
  const directory = folder();
  execFileSync('mkfifo', [path.join(directory, 'pipe')]);
  expect(problems(directory)).toEqual(held(directory, 'pipe', 'is neither a file nor a folder'));
});

test('names that are not UTF-8 are refused', () => {
  const directory = folder({ ...HANDLER, 'ü\ufffd.txt': '', 'lib/a': '' });
  const NOT_UTF8 = 'has a name that is not UTF-8; rename it';
  for (const name of [
    [0xff, 0xfe, 0x2e, 0x70, 0x79],
    [0x66, 0xfc, 0x72],
  ]) {
    const folderName = Buffer.from(`${path.resolve(directory)}/lib/`);
    writeFileSync(Buffer.concat([folderName, Buffer.from(name)]), '');
  }
  expect(problems(directory).toSorted()).toEqual([
    ...held(directory, 'lib/\\xff\\xfe.py', NOT_UTF8),
    ...held(directory, 'lib/f\\xfcr', NOT_UTF8),
  ]);
});

test.each([
  ['nothing in it', []],
  ['nothing but empty folders in it', ['a/b', 'c']],
])('a folder with %s is refused', (_, folders) => {
  const directory = folder({});
  for (const name of folders) mkdirSync(path.join(directory, name), { recursive: true });
  expect(problems(directory)).toEqual(
    refused(directory, 'must have files in it, which become the deployment package'),
  );
});

test('a folder that holds the output is refused', () => {
  expect(problems('.')).toEqual(
    refused(
      '.',
      'must not hold cdktf.out, into which it is copied; move the code to its own folder',
    ),
  );
});

describe('the size', () => {
  test('of 250 MB is accepted, and no byte more', () => {
    const directory = folder();
    const blob = path.join(directory, 'blob');
    const rest = DEPLOYMENT_PACKAGE.unzippedSize - HANDLER['index.js'].length;
    writeFileSync(blob, '');
    truncateSync(blob, rest + 1);
    expect(problems(directory)).toEqual(
      refused(
        directory,
        'must be at most 262144000 bytes (250 MB), which Lambda takes unzipped, and has 262144001; leave out what the function does not need',
      ),
    );
  });

  test('as a zip file over 50 MB is refused', () => {
    const directory = folder({
      ...HANDLER,
      blob: randomBytes(DEPLOYMENT_PACKAGE.zippedSize),
    });
    expect(problems(directory)).toEqual([
      expect.stringMatching(
        /\.code\.directory must be at most 52428800 bytes \(50 MB\) as a zip file, which Lambda takes in an upload, and has about 524\d{5}; leave out what the function does not need, got /,
      ),
    ]);
  });

  test('over 50 MB that a zip file makes smaller is accepted', () => {
    const directory = folder({ ...HANDLER, blob: Buffer.alloc(DEPLOYMENT_PACKAGE.zippedSize) });
    expect(problems(directory)).toEqual([]);
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
  const X86_64 = 62;
  const ARM64 = 183;
  const OTHER =
    'must be built for arm64, the architecture of the function: lib/addon.node is for x86_64; build for arm64, or write architecture: x86_64';

  test.each([
    ['arm64', ARM64],
    ['x86_64', X86_64],
  ])('%s is that of the files', (architecture, machine) => {
    const directory = folder({ ...HANDLER, 'lib/addon.node': elf(machine) });
    expect(problems(directory, { architecture })).toEqual([]);
  });

  test('of an addon must be that of the function', () => {
    const directory = folder({ ...HANDLER, 'lib/addon.node': elf(X86_64) });
    expect(problems(directory)).toEqual(refused(directory, OTHER));
  });

  test('of several files is one line', () => {
    const directory = folder({
      ...HANDLER,
      'lib/addon.node': elf(X86_64),
      'lib/libssl.so.3': elf(X86_64),
      tool: elf(X86_64, 2),
    });
    expect(problems(directory)).toEqual(
      refused(directory, OTHER.replace(' is ', ' and 2 more are ')),
    );
  });

  test('of a machine that Lambda does not have has no remedy but to build', () => {
    const directory = folder({ ...HANDLER, 'a.so': elf(40), 'b.so': elf(243) });
    expect(problems(directory, { architecture: 'x86_64' })).toEqual([
      ...refused(
        directory,
        'must be built for x86_64, the architecture of the function: a.so is for Arm of 32 bits; build for x86_64',
      ),
      ...refused(
        directory,
        'must be built for x86_64, the architecture of the function: b.so is for another machine (ELF 243); build for x86_64',
      ),
    ]);
  });

  test('of a bootstrap must be that of the function', () => {
    const directory = folder({ bootstrap: elf(X86_64, 2) });
    expect(problems(directory, { runtime: 'provided.al2023' })).toEqual(
      refused(directory, OTHER.replace('lib/addon.node', 'bootstrap')),
    );
  });

  test('of a package that is built for several is the one that fits', () => {
    const directory = folder({
      ...HANDLER,
      'prebuilds/linux-x64/node.napi.node': elf(X86_64),
      'prebuilds/linux-arm64/node.napi.node': elf(ARM64),
      'lib/sharp-linux-x64.node': elf(X86_64),
      'lib/sharp-linux-arm64v8.node': elf(ARM64),
    });
    expect(problems(directory)).toEqual([]);
  });

  test.each([
    ['addon.node', 'cffaedfe', 'macOS'],
    ['lib/libx.so', 'cafebabe', 'macOS'],
    ['lib/x.abi3.so', '4d5a9000', 'Windows'],
  ])('of %s that begins with %s is refused as for %s', (name, start, system) => {
    const directory = folder({ ...HANDLER, [name]: Buffer.from(start.padEnd(128, '0'), 'hex') });
    expect(problems(directory)).toEqual(
      refused(
        directory,
        `must be built for Linux: ${name} is for ${system}; build for Linux on arm64`,
      ),
    );
  });

  test('of files that Linux does not load does not count', () => {
    const macOs = Buffer.from('cffaedfe'.padEnd(128, '0'), 'hex');
    const directory = folder({
      ...HANDLER,
      'node_modules/fsevents/fsevents.node': macOs,
      'node_modules/a/prebuilds/darwin-arm64/a.node': macOs,
      'md.cpython-313-darwin.so': macOs,
      'build/Release/addon.node': macOs,
      'lib/linux/addon.node': elf(ARM64),
      'bin/tool': macOs,
      'lib/Handler.class': Buffer.from('cafebabe'.padEnd(128, '0'), 'hex'),
    });
    expect(problems(directory)).toEqual([]);
  });

  test('of other files does not count', () => {
    const directory = folder({
      ...HANDLER,
      'probe.o': elf(247, 1),
      'text.node': '\x7fELF',
      'addon.node': Buffer.alloc(64),
    });
    expect(problems(directory)).toEqual([]);
  });
});
