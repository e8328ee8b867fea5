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
    ['nodejs24.x', 'index.handler', 'index.mjs', 'export const handler = 1;\n'],
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

  test('of a Node.js file whose name has dots is refused, with the reason', () => {
    expect(of('nodejs24.x', 'my.file.handler', { 'my.file.js': '' })).toEqual(
      inNoFile(
        'my.file.handler',
        'my.js or my.mjs or my.cjs; Lambda ends the name of a Node.js file at the first dot, so name the file without dots',
      ),
    );
  });

  const MODULE = '{ "type": "module" }';

  test.each<[string, string, string, Readonly<Record<string, string>>]>([
    [
      'that has export in its package.json of modules',
      'nodejs24.x',
      'index.handler',
      { 'index.js': 'export { f as handler } from "./f.js";', 'package.json': MODULE },
    ],
    [
      'that exports all of another',
      'nodejs24.x',
      'index.handler',
      { 'index.mjs': 'export * from "./f.mjs";' },
    ],
    [
      'that exports an object',
      'nodejs24.x',
      'index.app.handler',
      { 'index.mjs': 'export const { app } = make();' },
    ],
    [
      'of CommonJS below a package.json of modules',
      'nodejs24.x',
      'src/index.handler',
      { 'src/index.js': 'exports.handler = f;', 'src/package.json': '{}', 'package.json': MODULE },
    ],
    [
      'of CommonJS by its ending',
      'nodejs24.x',
      'index.handler',
      { 'index.cjs': 'exports.handler = async () => import("x");', 'package.json': MODULE },
    ],
    [
      'that a bundler made of CommonJS',
      'nodejs24.x',
      'index.handler',
      {
        'index.mjs':
          'var a = (f) => f({}); var b = a((exports) => { exports.handler = 1; return exports; });\nexport const handler = b.handler;',
      },
    ],
    [
      'whose kind Node.js 24 detects',
      'nodejs24.x',
      'index.handler',
      { 'index.js': 'export const handler = 1;' },
    ],
    [
      'that only has export in a comment',
      'nodejs22.x',
      'index.handler',
      { 'index.js': '// export const handler\nexports.handler = f("import x from y");' },
    ],
    [
      'that cannot be parsed, which is not said here',
      'nodejs24.x',
      'index.handler',
      { 'index.mjs': 'export const handler = (;' },
    ],
    [
      'whose package.json cannot be read',
      'nodejs22.x',
      'index.handler',
      { 'index.js': 'export const handler = 1;', 'package.json': '{' },
    ],
  ])('may be in a Node.js file %s', (_, runtime, handler, files) => {
    expect(of(runtime, handler, files)).toEqual([]);
  });

  test('may be in a Node.js 22 file whose kind is detected with NODE_OPTIONS', () => {
    const directory = folder({ 'index.js': 'export const handler = 1;' });
    const environment = { NODE_OPTIONS: '--experimental-detect-module' };
    expect(problems(directory, { runtime: 'nodejs22.x', environment })).toEqual([]);
  });

  test.each<[string, string, string, string, Readonly<Record<string, string>>]>([
    [
      'exports.handler in a package.json of modules',
      'nodejs24.x',
      'index.handler',
      'must name what its file exports; index.js is loaded as an ES module, and exports nothing; exports is for CommonJS: write export, or name it index.cjs',
      { 'index.js': 'exports.handler = async () => {};', 'package.json': MODULE },
    ],
    [
      'module.exports in .mjs',
      'nodejs22.x',
      'src/app.handler',
      'must name what its file exports; src/app.mjs is loaded as an ES module, and exports nothing; exports is for CommonJS: write export, or name it src/app.cjs',
      { 'src/app.mjs': 'import x from "x";\nmodule.exports = { handler: x };' },
    ],
    [
      'another export',
      'nodejs24.x',
      'index.handler',
      'must name what its file exports; index.mjs is loaded as an ES module, and exports default, main',
      { 'index.mjs': 'export const main = 1;\nexport default { handler: main };' },
    ],
    [
      'export in .cjs',
      'nodejs24.x',
      'index.handler',
      'must be in a file that Node.js can load; index.cjs has import or export, and is loaded as CommonJS: name it index.mjs',
      { 'index.cjs': 'export const handler = 1;' },
    ],
    [
      'import in a package.json of CommonJS',
      'nodejs24.x',
      'index.handler',
      'must be in a file that Node.js can load; index.js has import or export, and is loaded as CommonJS: name it index.mjs',
      {
        'index.js': 'import x from "x";\nexports.handler = x;',
        'package.json': '{ "type": "commonjs" }',
      },
    ],
    [
      'export where Node.js 22 detects nothing',
      'nodejs22.x',
      'index.handler',
      'must be in a file that Node.js can load; index.js has import or export, and is loaded as CommonJS: name it index.mjs',
      { 'index.js': 'export const handler = 1;' },
    ],
  ])('of Node.js must not be %s', (_, runtime, handler, message, files) => {
    expect(of(runtime, handler, files)).toEqual([`${CODE}.handler ${message}, got "${handler}"`]);
  });

  test.each([
    ['a second name of an assignment', 'other = handler = f\n'],
    ['a part of a tuple', '(a, handler) = f()\n'],
    ['a part of a list', '[a, *handler] = f()\n'],
    ['after a semicolon', 'x = 1; handler = lambda e, c: None\n'],
    ['a key of globals', 'globals()["handler"] = f\n'],
    ['a name that is computed', 'globals()["hand" + "ler"] = f\n'],
    ['what __getattr__ returns', 'def __getattr__(name):\n    return f\n'],
    ['what setattr sets', 'setattr(module, NAME, f)\n'],
    ['in a match', 'match x:\n    case 1:\n        def handler(e, c): pass\n'],
    ['in a with over lines', 'with (\n    a() as b,\n):\n    def handler(e, c): pass\n'],
    ['after # in a text', 'x = "#"; handler = f\n'],
    ['after a text with quotes', 'x = "it\'s"\nhandler = f  # it\'s\n'],
    ['after a docstring', '"""It\'s the # of\nall."""\nhandler = f\n'],
    ['a walrus', 'if (handler := f()):\n    pass\n'],
    ['of a loop', 'for handler in [f]:\n    pass\n'],
    ['after a line that goes on', 'x = \\\n  1\nhandler = f\n'],
    ['of Windows', '# x\r\ndef handler(e, c):\r\n    pass\r\n'],
    ['async, and replaced', 'async def handler(e, c):\n    pass\nhandler = wrap(handler)\n'],
    ['async, and decorated', '@wrap(\n    1,\n)  # why\nasync def handler(e, c):\n    pass\n'],
    ['async in what is chosen', 'if x:\n    async def handler(e, c):\n        pass\n'],
  ])('of Python may be %s', (_, content) => {
    expect(of('python3.13', 'index.handler', { 'index.py': content })).toEqual([]);
  });

  test('of Python is in the package, where there is a module of its name too', () => {
    const files = { 'index.py': '', 'index/__init__.py': 'def handler(e, c): pass\n' };
    expect(of('python3.13', 'index.handler', files)).toEqual([]);
  });

  test.each([
    ['another function', 'def main(event, context):\n    pass\n'],
    ['a longer name', 'def handler_2(event, context):\n    pass\n'],
    ['a comment', 'x = 1  # def handler(event, context)\n'],
    [
      'a docstring',
      '"""The handler\nof orders."""\n\ndef main(event, context):\n    """handler"""\n',
    ],
    ['a raw docstring', "def main(event, context):\n    r'''The handler'''  # handler\n"],
  ])('of Python must not be %s', (_, content) => {
    expect(of('python3.13', 'index.handler', { 'index.py': content })).toEqual([
      `${CODE}.handler must name a function that index.py defines; there is no handler in its code, got "index.handler"`,
    ]);
  });

  test.each([
    ['alone', 'async def handler(event, context):\n    return None\n'],
    ['after another that is decorated', '@wrap\ndef a(): pass\n\nasync  def handler(e, c): pass\n'],
  ])('of Python must not be async, %s', (_, content) => {
    expect(of('python3.13', 'index.handler', { 'index.py': content })).toEqual([
      `${CODE}.handler must name a function that Lambda can call; handler in index.py is async, and Lambda for Python does not await it: name a function that calls it with asyncio.run, got "index.handler"`,
    ]);
  });

  test('of Java may be a class without a method, which implements an interface of Lambda', () => {
    expect(of('java25', 'com.example.Handler', { 'lib/app.jar': '' })).toEqual([]);
  });

  test.each(['com/example/Handler', 'com.example.Handler::', '::handleRequest', 'a::b::c'])(
    'of Java must not be %s',
    (handler) => {
      expect(of('java25', handler, { 'lib/app.jar': '' })).toEqual([
        `${CODE}.handler must be a class, or a class and its method, such as example.Orders::handleRequest, got "${handler}"`,
      ]);
    },
  );
});

describe('the bootstrap of a custom runtime', () => {
  const bootstrap = (files: Readonly<Record<string, string | Buffer>>) => {
    const directory = folder(files);
    return {
      directory,
      found: problems(directory, {
        runtime: 'provided.al2023',
        code: { directory, handler: 'main' },
      }),
    };
  };
  const CANNOT_RUN =
    'must have a bootstrap that Linux can run: an ELF executable, or a script that begins with #!';
  const CR =
    'must have a bootstrap that Linux can run; its first line ends with CR LF, as on Windows, and Linux takes the CR for a part of the command: save it with LF';

  test.each<[string, Readonly<Record<string, string | Buffer>>, string]>([
    [
      'must be at the top',
      { 'bin/bootstrap': '#!/bin/sh\n' },
      'must have the file bootstrap, which provided.al2023 runs',
    ],
    ['must not be of macOS', { bootstrap: Buffer.from('cffaedfe0c000001', 'hex') }, CANNOT_RUN],
    ['must not be of Windows', { bootstrap: 'MZ\x90\0' }, CANNOT_RUN],
    ['must begin with #!', { bootstrap: 'exec ./app\n' }, CANNOT_RUN],
    ['must not end its first line with CR', { bootstrap: '#!/bin/sh\r\nexec ./app\r\n' }, CR],
    ['must not be that line alone', { bootstrap: '#!/usr/bin/env python3\r' }, CR],
  ])('%s', (_, files, message) => {
    const { directory, found } = bootstrap(files);
    expect(found).toEqual(refused(directory, message));
  });

  test('may have CR in another line', () => {
    expect(bootstrap({ bootstrap: '#!/bin/sh\nprintf "a\r\n"\n' }).found).toEqual([]);
  });
});
