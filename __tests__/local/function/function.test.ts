import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type FunctionSetUp,
  type LocalFunction,
  startFunction,
} from '../../../local/function/function';
import { bundle } from '../../../packaging/bundle';
import { environment } from '../../helpers/environment';
import { batch } from '../../helpers/records';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:Orders';
const EVENT = { Records: batch(2) };

const root = mkdtempSync(path.join(tmpdir(), 'function-'));
const started: LocalFunction[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.end()));
});
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;

function write(files: Readonly<Record<string, string>>): string {
  const folder = path.join(root, String(folders++));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

function start(
  files: Readonly<Record<string, string>> | string,
  setUp: Partial<FunctionSetUp> = {},
) {
  const one = startFunction({
    name: 'Orders',
    arn: ARN,
    runtime: 'nodejs24.x',
    packageFolder: typeof files === 'string' ? files : write(files),
    handler: 'index.handler',
    environment: {},
    timeoutInSeconds: 10,
    memoryInMB: 256,
    endpoint: 'http://127.0.0.1:1',
    wrote: () => [],
    ...setUp,
  });
  started.push(one);
  return one;
}

/** A function of one ES module, whose handler has this body. */
const body = (text: string, setUp?: Partial<FunctionSetUp>) =>
  start(
    {
      'index.mjs': `let calls = 0;\nexport const handler = async (event, context) => { ${text} };`,
    },
    setUp,
  );

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function untilEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await delay(20);
}

describe('the process of a function', () => {
  const shell = { ...process.env };
  afterEach(() => {
    process.env = { ...shell };
  });

  test("has the function's variables and Lambda's, no other, and no credentials", async () => {
    Object.assign(process.env, {
      AWS_PROFILE: 'production',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: 'https://example.com',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000',
      HTTPS_PROXY: 'http://proxy:3128',
      NODE_OPTIONS: '--no-warnings',
    });
    const packageFolder = write({ 'index.mjs': 'export const handler = async () => process.env;' });
    const { response } = await start(packageFolder, {
      environment: {
        TABLE: 'Orders',
        TZ: 'Europe/Berlin',
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
        AWS_PROFILE: 'production',
        AWS_USE_DUALSTACK_ENDPOINT: 'true',
        AWS_USE_FIPS_ENDPOINT: 'true',
        AWS_ENDPOINT_URL_S3: 'https://bucket.vpce-1.s3.eu-central-1.vpce.amazonaws.com',
      },
    }).invoke(EVENT);
    expect(response).toEqual({
      AWS_ACCESS_KEY_ID: ARN,
      AWS_CONFIG_FILE: devNull,
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000',
      AWS_ENDPOINT_URL_S3: 'http://localhost:1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'Orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/Orders',
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_LAMBDA_RUNTIME_API: 'local',
      AWS_REGION: 'eu-central-1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      HOME: packageFolder,
      LAMBDA_TASK_ROOT: packageFolder,
      LANG: 'en_US.UTF-8',
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TABLE: 'Orders',
      TZ: 'Europe/Berlin',
      _HANDLER: 'index.handler',
    });
  });

  test('connects to this machine alone', async () => {
    const { response } = await body(`
      const net = await import('node:net');
      const tls = await import('node:tls');
      const failed = (socket) => new Promise((resolve) => socket.once('error', resolve));
      const errors = await Promise.all([
        fetch('https://sts.eu-central-1.amazonaws.com').catch(({ cause }) => cause),
        fetch('http://127.example.com:2').catch(({ cause }) => cause),
        failed(net.connect(1, '192.0.2.1')),
        failed(tls.connect({ host: '2001:db8::1', port: 1 })),
        failed(net.connect(1)),
        failed(net.connect(1, '127.0.0.1')),
        failed(net.connect({ host: '::1', port: 1 })),
        failed(net.connect('none.sock')),
        fetch('http://bucket.localhost:2').catch(({ cause }) => cause),
      ]);
      return errors.map(({ code, message }) => code ?? message);`).invoke(EVENT);
    const refused = (host: string) =>
      `npm run local lets a function connect to this machine alone, got ${host}`;
    expect(response).toEqual([
      ...['sts.eu-central-1.amazonaws.com', '127.example.com', '192.0.2.1', '2001:db8::1'].map(
        refused,
      ),
      ...Array(3).fill(expect.stringMatching(/^(ECONNREFUSED|EADDRNOTAVAIL)$/)),
      'ENOENT',
      'ECONNREFUSED',
    ]);
  });

  test.each([
    'https://dynamodb.eu-central-1.amazonaws.com',
    'http://localhost.example.com',
    'local',
  ])('does not start where the shell has a service at %s', (endpoint) => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
    expect(() => body('')).toThrow(
      `AWS_ENDPOINT_URL_DYNAMODB must be an endpoint of this machine, such as http://127.0.0.1:8000, since npm run local calls nothing else, got ${endpoint}; unset it`,
    );
  });

  test('is kept for the next invocation, and ended with those that it started', async () => {
    const one = start({
      'index.mjs': `
        import { spawn } from 'node:child_process';
        const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
        let calls = 0;
        export const handler = async () => ({ calls: ++calls, pids: [process.pid, pid] });`,
    });
    const first = await one.invoke(EVENT);
    const { calls, pids } = (await one.invoke(EVENT)).response as { calls: number; pids: number[] };
    expect({ calls, pids }).toEqual({ calls: 2, pids: Object(first.response).pids });
    expect(pids.map(isAlive)).toEqual([true, true]);
    await one.end();
    await Promise.all(pids.map(untilEnded));
  });

  test.each(['for (;;);', 'await new Promise(() => {});'])(
    'ends when that of npm run local is killed, in a handler of %s',
    async (text) => {
      const folder = write({
        'index.mjs': `export const handler = async () => { process.stdout.write('called\\n'); ${text} };`,
        'parent.mjs': `
          import { fork } from 'node:child_process';
          const env = { LAMBDA_TASK_ROOT: import.meta.dirname ?? process.cwd(), _HANDLER: 'index.handler', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
          const child = fork(process.argv[2], [], { env, detached: true, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
          child.send({ timeoutInSeconds: 60 });
          child.stdout.once('data', () => console.log(child.pid));`,
      });
      const runtime = path.resolve('local/function/runtime.mjs');
      const parent = spawn(process.execPath, ['parent.mjs', runtime], {
        cwd: folder,
        env: environment(),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [pid] = await once(createInterface({ input: parent.stdout }), 'line');
      expect(isAlive(Number(pid))).toBe(true);
      parent.kill('SIGKILL');
      await untilEnded(Number(pid));
    },
  );
});

describe('a handler', () => {
  test('gets a copy of the event, and the context of Lambda', async () => {
    const one = body(
      'event.Records[0].eventName = "CHANGED"; return { ...context, left: context.getRemainingTimeInMillis(), event };',
    );
    const { response } = await one.invoke(EVENT, undefined, { custom: { redrive: true } });
    const { left, ...context } = response as { left: number };
    expect(context).toEqual({
      awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      clientContext: { custom: { redrive: true } },
      event: { Records: [{ ...EVENT.Records[0], eventName: 'CHANGED' }, EVENT.Records[1]] },
      functionName: 'Orders',
      functionVersion: '$LATEST',
      invokedFunctionArn: ARN,
      logGroupName: '/aws/lambda/Orders',
      logStreamName: 'local',
      memoryLimitInMB: '256',
    });
    expect(EVENT.Records[0]?.eventName).toBe('INSERT');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  test.each([
    ['index.handler', { 'index.mjs': 'export const handler = async () => "found";' }],
    ['index.handler', { 'index.js': 'exports.handler = async () => "found";' }],
    ['index.handler', { 'index.cjs': 'exports.handler = async () => "found";' }],
    [
      'src/orders.api.handler',
      {
        'package.json': '{"type":"module"}',
        'src/orders.js': 'await 0; export const api = { handler: async () => "found" };',
      },
    ],
  ] as const)('%s is found as Lambda does', async (handler, files: Record<string, string>) => {
    expect(await start(files, { handler }).invoke(EVENT)).toMatchObject({ response: 'found' });
  });

  test.each([
    [undefined, null],
    ['return;', null],
    ['return { batchItemFailures: [] };', { batchItemFailures: [] }],
    ['return { at: new Date(0), none: undefined };', { at: '1970-01-01T00:00:00.000Z' }],
  ])('that does %s answers %j', async (text = '', response) => {
    expect(await body(text).invoke(EVENT)).toEqual({
      kind: 'answered',
      response,
      logs: [],
      wrote: [],
    });
  });

  const wait = 'await new Promise(() => setInterval(() => {}, 1000));';
  test.each(
    Object.entries({
      'throw new RangeError("too many");':
        /^RangeError: too many\n {4}at handler \(file:.*index\.mjs:2:\d+\)/,
      'throw "text";': /^text$/,
      'throw null;': /^null$/,
      'throw Object.assign(new Error("a"), { name: "Named" });': /^Named: a\n {4}at handler/,
      'return 1n;': /^Error: Unable to stringify response body\n/,
      'return () => {};': /^Error: Unable to stringify response body\n/,
      'process.exit(3);': /^Runtime exited with error: exit status 3$/,
      'process.exit(0);': /^Runtime exited without providing a reason$/,
      'process.kill(process.pid, "SIGTERM"); await new Promise(() => {});':
        /^Runtime exited with error: signal: SIGTERM$/,
      [`process.disconnect?.(); ${wait}`]: /^Runtime exited with error: signal: SIGKILL$/,
      'await new Promise(() => {});': /^Runtime exited without providing a reason$/,
      [`setTimeout(() => { throw new Error("later"); }); ${wait}`]: /^Error: later\n/,
      [`Promise.reject(new Error("unseen")); ${wait}`]:
        /^Runtime\.UnhandledPromiseRejection: Error: unseen\n/,
      'Promise.reject(new Error("unseen")); return "answered";':
        /^Runtime\.UnhandledPromiseRejection: Error: unseen\n/,
      'Promise.reject(new Error("unseen")); throw new Error("seen");':
        /^Runtime\.UnhandledPromiseRejection: Error: unseen\n/,
    }),
  )('fails that does %s', async (text, error) => {
    const one = body(`if (++calls > 1 || event.Records.length === 0) return "next"; ${text}`);
    expect(await one.invoke(EVENT)).toEqual({
      kind: 'failed',
      error: expect.stringMatching(error),
      logs: [],
      wrote: [],
    });
    expect(await one.invoke({ Records: [] })).toMatchObject({ kind: 'answered', response: 'next' });
  });

  test.each(
    Object.entries({
      'throw new Error("no table");': /^Error: no table\n {4}at file:.*index\.mjs:1:\d+/,
      'import "./missing.mjs";': /^Error: Cannot find module '.*missing\.mjs' imported from /,
      'import "missing";': /^Error: Cannot find package 'missing' imported from /,
      'export const handler = ;':
        /^Runtime\.UserCodeSyntaxError: SyntaxError: Unexpected token ';'/,
      'export const handler = 5;':
        /^Runtime\.HandlerNotFound: index\.handler is not exported as a function\n/,
      'export const handler = (event, context, callback) => {};':
        /^Runtime\.CallbackHandlerDeprecated: /,
      'process.exit(1);': /^Runtime exited with error: exit status 1$/,
    }),
  )('of a module with %s fails in every invocation', async (text, error) => {
    const one = start({ 'index.mjs': text });
    const failed = { kind: 'failed', error: expect.stringMatching(error), logs: [], wrote: [] };
    expect([await one.invoke(EVENT), await one.invoke(EVENT)]).toEqual([failed, failed]);
  });

  test('without a file fails', async () => {
    expect(await start({ 'other.mjs': '' }).invoke(EVENT)).toMatchObject({
      kind: 'failed',
      error: expect.stringMatching(/^Runtime\.ImportModuleError: Cannot find module '.*index'\n/),
    });
    expect(await start(path.join(root, 'missing')).invoke(EVENT)).toMatchObject({
      kind: 'failed',
      error: expect.stringMatching(/ENOENT$/),
    });
  });

  test.each(
    Object.entries({
      '(event, context, callback) => setTimeout(callback, 1, null, "called")': {
        response: 'called',
      },
      '(event, context, callback) => callback(new Error("no"))': { kind: 'failed' },
      '(event, context, callback) => { setInterval(() => {}, 1000); context.callbackWaitsForEmptyEventLoop = false; callback(null, "at once"); }':
        { response: 'at once' },
      '() => "ignored, since it is no promise"': { response: null },
      '() => new Promise(() => {})': { response: null },
      'async () => { await new Promise(() => {}); }': {
        kind: 'failed',
        error: expect.stringMatching(/^Runtime\.NodeJsExit: /),
      },
    }),
  )('of nodejs22.x may be %s', async (text, outcome) => {
    const one = start({ 'index.js': `exports.handler = ${text};` }, { runtime: 'nodejs22.x' });
    expect(await one.invoke(EVENT)).toMatchObject(outcome);
    expect(await one.invoke(EVENT)).toMatchObject(outcome);
  });

  test.each(['for (;;);', 'await new Promise(() => setInterval(() => {}, 1000));'])(
    'that does %s is ended at its time limit, and the next invocation starts again',
    async (text) => {
      const one = body(
        `if (event.Records.length === 0) return ++calls; console.log("first"); ${text}`,
        {
          timeoutInSeconds: 0.3,
        },
      );
      expect([await one.invoke({ Records: [] }), await one.invoke(EVENT)]).toMatchObject([
        { response: 1 },
        { kind: 'timed out', error: 'Task timed out after 0.30 seconds', logs: ['first'] },
      ]);
      expect(await one.invoke({ Records: [] })).toMatchObject({ kind: 'answered', response: 1 });
    },
  );

  test('has its lines of both outputs, those of the start in the first invocation', async () => {
    const one = start({
      'index.mjs': `
        process.stdout.write('loaded');
        export const handler = async ({ Records }) => {
          console.log('%d records\\n', Records.length);
          process.stderr.write('no line end');
          process.stdout.write = process.stderr.write = console.log = () => { throw new Error('taken away') };
          process.send?.({ kind: 'answered', response: '"forged"' });
          JSON.stringify = () => '"forged"';
        };`,
    });
    expect(await one.invoke(EVENT)).toMatchObject({
      kind: 'answered',
      response: null,
      logs: ['loaded2 records', '', 'no line end'],
    });
    expect(await one.invoke(EVENT)).toMatchObject({ kind: 'failed', logs: [] });
  });

  test('that writes without end has the beginning in its log', async () => {
    const one = body('for (let line = 0; line < 300_000; line++) console.log("line %d", line);');
    const { kind, logs } = await one.invoke(EVENT);
    expect([kind, logs[0], logs.at(-1)]).toEqual([
      'answered',
      'line 0',
      '… and more, which is not kept',
    ]);
    expect(await body('console.log("é".repeat(70_000));').invoke(EVENT)).toMatchObject({
      logs: ['é'.repeat(70_000)],
    });
  });

  test('that takes an output away still answers', async () => {
    const one = body('process.stdout.cork(); console.log("unseen"); return "corked";');
    expect(await one.invoke(EVENT)).toMatchObject({ response: 'corked', logs: [] });
  });

  test('of a bundle names the places of the sources', async () => {
    const entry = path.join(
      write({
        'orders.ts':
          'interface Order {}\n\nexport const handler = async () => {\n  throw new Error("no");\n};\n',
      }),
      'orders.ts',
    );
    const { directory } = bundle(entry, 'nodejs22.x', { folder: path.dirname(entry) });
    expect((await start(directory).invoke(EVENT)).error).toMatch(
      /^Error: no\n.*\borders\.ts:4:9\)/,
    );
  });
});

describe('a fault', () => {
  test.each([
    [
      'poison',
      {
        kind: 'failed',
        error: 'PoisonChange: thrown in place of the handler, as asked for',
        logs: [],
      },
      1,
    ],
    ['duplicate', { kind: 'lost', logs: ['1'] }, 2],
    // In another process.
    ['timeout', { kind: 'timed out', error: 'Task timed out after 10.00 seconds', logs: ['1'] }, 1],
  ] as const)('%s', async (fault, outcome, next) => {
    const one = body('console.log(++calls); return calls;');
    expect(await one.invoke(EVENT, fault)).toEqual({ ...outcome, wrote: [] });
    expect(await one.invoke(EVENT)).toMatchObject({ kind: 'answered', response: next });
  });
});
