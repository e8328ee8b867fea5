import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEPLOYMENT_PACKAGE } from '../../../topology/limits';
import { problemsOf, topology } from '../../helpers/topology';

const CODE = 'consumers.process-orders.function.code';
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
  const path = 'consumers.process-orders.function';
  return problemsOf(topology({ [path]: { name: 'ProcessOrders', code, ...settings } }));
}

const refused = (directory: string, message: string) => [
  `${CODE}.directory ${message}, got "${directory}"`,
];

const held = (directory: string, name: string, reason: string) =>
  refused(directory, `must have only files for the function in it; ${directory}/${name} ${reason}`);

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

describe('the handler', () => {
  const inNoFile = (handler: string, files: string) => [
    `${CODE}.handler must be in a file of the folder of code: ${files}, got "${handler}"`,
  ];
  const of = (
    runtime: string,
    handler: string,
    files: Readonly<Record<string, string | Buffer>>,
  ) => {
    const directory = folder(files);
    return problems(directory, { runtime, code: { directory, handler } });
  };

  test.each([
    ['nodejs24.x', 'index.handler', 'index.js', ''],
    ['nodejs24.x', 'index.handler', 'index.mjs', ''],
    ['nodejs24.x', 'src/app.handlers.orders', 'src/app.cjs', ''],
    ['nodejs24.x', './index.handler', 'index.js', ''],
    ['python3.13', 'index.handler', 'index.py', 'def handler(event, context):\n    pass\n'],
    ['python3.13', 'src/app.main', 'src/app.py', 'main = wrap(other)\n'],
    ['python3.13', 'src.app.main', 'src/app.py', 'main: Handler = wrap(other)\n'],
    ['python3.13', 'app.main', 'app/__init__.py', 'from .core import (\n  first,\n  main,\n)\n'],
    ['python3.13', 'app.main', 'app.py', 'from core import *\n'],
    [
      'python3.13',
      'app.main',
      'app.py',
      'try:\n    from core import main\nexcept ImportError:\n    pass\n',
    ],
    ['python3.13', 'app.main', 'app.py', 'if DEBUG:\n    def main(e, c):\n        pass\n'],
    ['python3.13', 'app.main', 'app.py', 'other, main = both()\n'],
    ['python3.13', 'app.main', 'app.cpython-313-aarch64-linux-gnu.so', ''],
    ['ruby3.4', 'app.handler', 'app.rb', ''],
    ['ruby3.4', 'src/app.Orders::Handler.process', 'src/app.rb', ''],
    ['java25', 'com.example.Handler::handleRequest', 'lib/app.jar', ''],
    ['dotnet10', 'Orders::Orders.Function::Handle', 'Orders.dll', ''],
    ['provided.al2023', 'anything', 'bootstrap', '#!/bin/sh\n'],
  ])('of %s, %s, is in %s', (runtime, handler, file, content) => {
    expect(of(runtime, handler, { [file]: content })).toEqual([]);
  });

  test.each([
    ['nodejs24.x', 'index.handler', 'src/index.js', 'index.js or index.mjs or index.cjs'],
    [
      'nodejs24.x',
      'src/index.handler',
      'index.js',
      'src/index.js or src/index.mjs or src/index.cjs',
    ],
    ['nodejs24.x', 'index.handler', 'index.ts', 'index.js or index.mjs or index.cjs'],
    ['python3.13', 'lambda_function.handler', 'index.py', 'lambda_function.py'],
    ['python3.13', 'src.app.main', 'app.py', 'src/app.py'],
    ['ruby3.4', 'index.handler', 'app.rb', 'index.rb'],
  ])('of %s, %s, which is not in %s, is refused', (runtime, handler, file, expected) => {
    expect(of(runtime, handler, { [file]: '' })).toEqual(inNoFile(handler, expected));
  });

  test.each([
    [
      'nodejs24.x',
      'handler',
      'must be the path of a file and a name that it exports, such as index.handler',
    ],
    [
      'python3.13',
      'handler',
      'must be the path of a module and the name of its function, such as index.handler',
    ],
    [
      'ruby3.4',
      'handler',
      'must be the path of a file and the name of its method, such as index.handler',
    ],
  ])('of %s must not be %s alone', (runtime, handler, message) => {
    expect(of(runtime, handler, HANDLER)).toEqual([`${CODE}.handler ${message}, got "${handler}"`]);
  });

  test.each([
    ['another function', 'def main(event, context):\n    pass\n'],
    ['a method', 'class App:\n    def handler(self):\n        pass\n'],
    ['a function in a function', 'def main():\n    def handler():\n        pass\n'],
    ['a comment', '# def handler(event, context)\n'],
    ['a comparison', 'handler == other\n'],
  ])('of Python must not be %s', (_, content) => {
    expect(of('python3.13', 'index.handler', { 'index.py': content })).toEqual([
      `${CODE}.handler must name a function that index.py defines; it has no handler at its top level, got "index.handler"`,
    ]);
  });

  test('of a custom runtime needs bootstrap at the top', () => {
    expect(of('provided.al2023', 'main', { 'bin/bootstrap': '#!/bin/sh\n' })).toEqual([
      `${CODE}.handler must have the file bootstrap in the folder of code, which provided.al2023 runs, got "main"`,
    ]);
  });

  test('of a custom runtime needs a bootstrap that Linux runs', () => {
    const macOs = Buffer.from('cffaedfe0c000001', 'hex');
    expect(of('provided.al2023', 'main', { bootstrap: macOs })).toEqual([
      `${CODE}.handler must have a bootstrap that Linux can run: an ELF executable, or a script that begins with #!, got "main"`,
    ]);
  });
});
