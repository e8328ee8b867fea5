import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../../commands/local';
import type { World } from '../../commands/run';
import type { Step } from '../../local/step';
import { statement, writeSynthesis } from '../helpers/review';
import { runCommand } from '../helpers/run-command';
import type { SHIPPED } from '../helpers/shipped-topologies';
import { resolved } from '../helpers/synth-app';
import { TWO_ACCOUNTS, topology } from '../helpers/topology';

// Each starts processes, which take long on a busy machine.
jest.setTimeout(60_000);

const started = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), 'local-test-'));
beforeAll(() => process.chdir(folder));
afterEach(() => rmSync('local.out', { recursive: true, force: true }));
afterAll(() => {
  process.chdir(started);
  rmSync(folder, { recursive: true });
});

const shipped = (name: string) => path.join(started, 'topologies', name);

async function local(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(command, {
    name: 'local',
    args,
    env: { TOPOLOGY: shipped('orders.yaml') },
  });
  const [outside, own] = [`${path.relative('', started)}/`, `${started}/`];
  const relative = stdout.replaceAll(outside, '').replaceAll(own, '');
  // Quoted where the folder of the project has a space.
  const lines = relative.replaceAll(/--topology '([\w./-]+)'/g, '--topology $1');
  return { code, lines: lines.split('\n').slice(0, -1), stderr };
}

/** Without what differs from run to run. */
const masked = (line: string) =>
  line
    .replace(/change=.*/, 'change=…')
    .replaceAll(/aws\/lambda\/\S+/g, '<key>')
    .replaceAll(/-[\da-f]{12}\b/g, '-<hash>');

/** The command in a process of its own, whose temporary folders are in `tmp` of a folder. */
function start(cwd: string, ...args: string[]) {
  mkdirSync(path.join(cwd, 'tmp'), { recursive: true });
  const words = [path.join(started, 'commands/start.mjs'), 'commands/index.ts', 'local', ...args];
  return spawn(process.execPath, words, { cwd, env: { ...process.env, TMPDIR: 'tmp' } });
}

/** The steps that --json writes. */
async function played(...args: string[]) {
  const { code, lines, stderr } = await local(...args, '--json');
  expect(stderr).toBe('');
  return { code, steps: lines.map((line): Step => JSON.parse(line)) };
}

/** A topology file, which is JSON and so YAML. */
function file(name: string, content: object): string {
  writeFileSync(`${name}.yaml`, JSON.stringify(content, null, 2));
  return `${name}.yaml`;
}

test('the scene of the walk-through', async () => {
  const { lines, ...rest } = await local();
  expect(rest).toEqual({ code: 0, stderr: '' });
  expect(lines.map(masked).join('\n')).toBe(
    `Playing topologies/orders.yaml on this machine, without AWS: subscription-orders-process-orders

Orders: an item is put, changed and deleted.
shop       producer-orders                     table Orders            put        OrderId=three-changes
shop       producer-orders                     stream                  record     INSERT OrderId=three-changes
shop       producer-orders                     table Orders            update     OrderId=three-changes
shop       producer-orders                     stream                  record     MODIFY OrderId=three-changes
shop       producer-orders                     table Orders            delete     OrderId=three-changes
shop       producer-orders                     stream                  record     REMOVE OrderId=three-changes
analytics  subscription-orders-process-orders  mapping                 allowed    to read, by role: streams/ReadStreams; stream policy: AllowCrossAccountStreamAccess; trust policy: AllowLambda; role: function/ListStreams
analytics  subscription-orders-process-orders  mapping                 delivered  3 records: INSERT OrderId=three-changes, MODIFY OrderId=three-changes, REMOVE OrderId=three-changes
analytics  consumer-process-orders             function ProcessOrders  log        INFO INSERT Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        INFO MODIFY Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        INFO REMOVE Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        metrics ChangesProcessed=3 ChangesFailed=0 account="444455556666" table="Orders"
analytics  consumer-process-orders             function ProcessOrders  answered   processed 3 records: INSERT OrderId=three-changes, MODIFY OrderId=three-changes, REMOVE OrderId=three-changes

Orders: The function fails with one item whenever it gets it.
shop       producer-orders                     table Orders            put        OrderId=good-1
shop       producer-orders                     stream                  record     INSERT OrderId=good-1
shop       producer-orders                     table Orders            put        OrderId=poison
shop       producer-orders                     stream                  record     INSERT OrderId=poison
shop       producer-orders                     table Orders            put        OrderId=good-2
shop       producer-orders                     stream                  record     INSERT OrderId=good-2
shop       producer-orders                     table Orders            put        OrderId=good-3
shop       producer-orders                     stream                  record     INSERT OrderId=good-3
analytics  subscription-orders-process-orders  mapping                 allowed    to read, by role: streams/ReadStreams; stream policy: AllowCrossAccountStreamAccess; trust policy: AllowLambda; role: function/ListStreams
analytics  subscription-orders-process-orders  mapping                 delivered  4 records: INSERT OrderId=good-1, INSERT OrderId=poison, INSERT OrderId=good-2 and 1 more
analytics  consumer-process-orders             function ProcessOrders  failed     PoisonChange: thrown in place of the handler, as asked for
analytics  subscription-orders-process-orders  mapping                 bisected   2 records: INSERT OrderId=good-1, INSERT OrderId=poison | 2 records: INSERT OrderId=good-2, INSERT OrderId=good-3
analytics  subscription-orders-process-orders  mapping                 delivered  2 records: INSERT OrderId=good-1, INSERT OrderId=poison
analytics  consumer-process-orders             function ProcessOrders  failed     PoisonChange: thrown in place of the handler, as asked for
analytics  subscription-orders-process-orders  mapping                 bisected   INSERT OrderId=good-1 | INSERT OrderId=poison
analytics  subscription-orders-process-orders  mapping                 delivered  INSERT OrderId=good-1
analytics  consumer-process-orders             function ProcessOrders  log        INFO INSERT Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        metrics ChangesProcessed=1 ChangesFailed=0 account="444455556666" table="Orders"
analytics  consumer-process-orders             function ProcessOrders  answered   processed INSERT OrderId=good-1
analytics  subscription-orders-process-orders  mapping                 delivered  INSERT OrderId=poison
analytics  consumer-process-orders             function ProcessOrders  failed     PoisonChange: thrown in place of the handler, as asked for
analytics  subscription-orders-process-orders  mapping                 retried    INSERT OrderId=poison: failed 11 times
analytics  subscription-orders-process-orders  mapping                 discarded  INSERT OrderId=poison: RetryAttemptsExhausted
analytics  consumer-process-orders             failed batches          kept       process-orders-failed-batches-<hash>/<key>
analytics  subscription-orders-process-orders  mapping                 delivered  2 records: INSERT OrderId=good-2, INSERT OrderId=good-3
analytics  consumer-process-orders             function ProcessOrders  log        INFO INSERT Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        INFO INSERT Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        metrics ChangesProcessed=2 ChangesFailed=0 account="444455556666" table="Orders"
analytics  consumer-process-orders             function ProcessOrders  answered   processed 2 records: INSERT OrderId=good-2, INSERT OrderId=good-3

Orders: The function is corrected, and its failed batches are delivered again, as by npm run redrive.
analytics  consumer-process-orders             function ProcessOrders  log        INFO INSERT Orders change=…
analytics  consumer-process-orders             function ProcessOrders  log        metrics ChangesProcessed=1 ChangesFailed=0 account="444455556666" table="Orders"
analytics  consumer-process-orders             failed batches          redriven   1 record of <key>

Next: npm run local -- put orders '{"OrderId":"1"}' --topology topologies/orders.yaml; read docs/local.md`,
  );
});

test.each<[topology: (typeof SHIPPED)[number], args: string[], done: string[]]>([
  ['analytics-lake.yaml', [], ['wrote', 'redriven']],
  ['order-totals.yaml', ['--item', '{"Currency":"EUR","TotalCents":500}'], ['redriven']],
  ['orders-consumer.yaml', [], ['assumed', 'redriven']],
  ['orders-producer.yaml', [], ['record']],
  ['orders-python.yaml', [], ['skipped', 'record']],
  ['saas-tenants.yaml', [], ['redriven']],
  ['shared-table.yaml', [], ['redriven']],
])('the scene of %s', async (name, args, done) => {
  const { code, steps } = await played('--topology', shipped(name), ...args);
  expect({ code, lacks: done.filter((what) => !steps.some((step) => step.what === what)) }).toEqual(
    {
      code: 0,
      lacks: [],
    },
  );
});

describe('a scene ends after three changes', () => {
  test.each([
    ['order-totals.yaml', 'TypeError: TotalCents of three-changes must be a whole number'],
    ['order-service.yaml', 'NotPlayedLocally: npm run local does not play DYNAMODB (PutItem)'],
  ])('if the function of %s fails with them', async (name, error) => {
    const { code, lines } = await local('--topology', shipped(name));
    expect(code).toBe(1);
    expect(lines.filter((line) => line.includes(error))).not.toEqual([]);
    expect(lines.filter((line) => line.includes('good-1'))).toEqual([]);
    expect(lines).toContainEqual(
      expect.stringMatching(/: poison is left out, since something went wrong before\.$/),
    );
    expect(lines.slice(-2)[0]).toMatch(
      /^\d+ problems that nobody asked for, so the exit code is 1\./,
    );
  });
});

test.each([
  ['timeout', ['timed out', 'bisected', 'discarded', 'kept', 'redriven']],
  ['duplicate', ['lost', 'delivered', 'answered']],
  ['denied', ['refused', 'delivered', 'answered']],
])('a scene with --fault %s', async (fault, done) => {
  const { code, steps } = await played('--fault', fault);
  const whats = steps.map(({ what }) => what);
  const after = whats.slice(whats.lastIndexOf('put'));
  expect({ code, done: done.filter((what) => after.includes(what)) }).toEqual({ code: 0, done });
});

describe('actions', () => {
  test('are played one after the other, on tables that are kept', async () => {
    const changes = [
      await played('put', 'orders', '{"OrderId":"1","Total":5}'),
      await played('update', '{"OrderId":"1","State":"paid"}'),
      await played('delete', 'orders', '{"OrderId":{"S":"1"}}'),
      await played('delete', 'orders', '{"OrderId":"1"}'),
    ].map(({ code, steps }) => ({
      code,
      records: steps.filter(({ what }) => what === 'record').map(({ text }) => text),
      delivered: steps.filter(({ what }) => what === 'answered').length,
    }));
    expect(changes).toEqual([
      { code: 0, records: ['INSERT OrderId=1'], delivered: 1 },
      { code: 0, records: ['MODIFY OrderId=1'], delivered: 1 },
      { code: 0, records: ['REMOVE OrderId=1'], delivered: 1 },
      { code: 0, records: ['none, since nothing changed'], delivered: 0 },
    ]);
  });

  test('of a file are one a line, and numbers keep their digits', async () => {
    writeFileSync(
      'a.ndjson',
      `{"item":{"OrderId":"1","Total":12345678901234567890.5}}

{"action":"update","producer":"orders","item":{"OrderId":"2"}}
`,
    );
    const { code, steps } = await played('load', 'a.ndjson');
    const records = steps.filter(({ what }) => what === 'record');
    expect({ code, texts: records.map(({ text }) => text) }).toEqual({
      code: 0,
      texts: ['INSERT OrderId=1', 'INSERT OrderId=2'],
    });
    expect(JSON.stringify(records)).toContain('{"N":"12345678901234567890.5"}');
  });

  test('with a fault keep a failed batch, which a scene leaves as it is', async () => {
    const { code, lines } = await local('put', 'orders', '{"OrderId":"1"}', '--fault', 'poison');
    expect({ code, written: masked(lines.at(-2) ?? '') }).toEqual({
      code: 0,
      written: 'Written: 1 file in local.out/process-orders-failed-batches-<hash>',
    });
    expect(lines.at(-1)).toMatch(/^Next: npm run local -- redrive /);
    const before = readdirSync('local.out', { recursive: true });
    await local();
    const after = readdirSync('local.out', { recursive: true, encoding: 'utf8' });
    expect(after.filter((name) => !name.startsWith('scene'))).toEqual(before);
    expect((await played('redrive')).steps.at(-1)?.what).toBe('redriven');
    expect((await local('redrive')).lines[2]).toBe('There is no failed batch in local.out');
  });
});

describe('a fault does not explain', () => {
  test.each([
    ['in a scene', []],
    ['after an action', ['put', '{"OrderId":"1"}']],
  ])('a failed batch that may not be stored, %s', async (_, asked) => {
    const from = 'without-a-statement';
    writeSynthesis(from, resolved(topology()), {
      'consumer-process-orders': (json) => {
        const send = statement(json, 'execution_role_function_policy', 'SendFailedBatches');
        send.actions = ['s3:GetObject'];
      },
    });
    const own = ['--topology', file('own', topology()), '--from', from];
    const { code, steps } = await played(...own, ...asked, '--fault', 'poison');
    const refused = steps.filter(({ what }) => what === 'refused').map(({ part }) => part);
    expect({ code, refused }).toEqual({ code: 1, refused: ['failed batches'] });
  });

  test('a function that fails by itself', async () => {
    writeFileSync('broken.js', 'exports.handler = async () => { throw new Error("broken"); };');
    const own = topology({
      'consumers.process-orders.function': { name: 'A', entry: 'broken.js' },
    });
    const put = ['put', '{"OrderId":"1"}', '--fault', 'duplicate'];
    expect((await local('--topology', file('broken', own), ...put)).code).toBe(1);
  });
});

test('of two runs at once the second is refused, unless the first was killed', async () => {
  const put = (pid: number) => {
    mkdirSync('local.out', { recursive: true });
    writeFileSync('local.out/.pid', `${pid}`);
    return local('put', 'orders', '{"OrderId":"1"}');
  };
  expect((await put(process.ppid)).stderr).toBe(
    `another npm run local (process ${process.ppid}) plays in local.out; wait for its end, or delete local.out/.pid if there is none\n`,
  );
  expect(existsSync('local.out/tables')).toBe(false);
  expect((await put(999_999_999)).code).toBe(0);
  // In containers a process often has the id of the one before it.
  expect((await put(process.pid)).code).toBe(0);
  expect(existsSync('local.out/.pid')).toBe(false);
});

test('a terminal gets colours, unless NO_COLOR is set', async () => {
  const shown = async (env: World['env']) => {
    let written = '';
    const write = (text: string) => {
      written += text;
    };
    await runCommand(command, {
      name: 'local',
      args: ['put', '{"OrderId":"1"}', '--topology', shipped('orders-producer.yaml')],
      env,
      stdout: { write, isTTY: true, columns: 100 },
    });
    return written.includes('\u001b[');
  };
  expect([await shown({}), await shown({ NO_COLOR: '1' })]).toEqual([true, false]);
});

test('--watch plays again when the code changes, and ends with Ctrl-C', async () => {
  mkdirSync('watched/local.out/tables/folder', { recursive: true });
  const code = (name: string) =>
    writeFileSync('watched/index.js', `exports.handler = async () => console.log('${name}');`);
  code('first');
  const content = topology({
    'consumers.process-orders.function': { name: 'A', entry: 'index.js' },
  });
  writeFileSync('watched/topology.yaml', JSON.stringify(content));
  const child = start('watched', 'put', '{"OrderId":"1"}', '--watch');
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const waiting = () => once(child.stderr, 'data').then(String);
  const said = [await waiting()];
  code('second');
  said.push(await waiting());
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect({ said: [...new Set(said)], played: output.match(/(?<= log +)\w+/g) }).toEqual({
    said: ['Waiting for a change of the code or the topology; Ctrl-C ends this\n'],
    played: ['first', 'second'],
  });
  expect(readdirSync('watched/local.out/tables')).toEqual(['folder', 'orders.json']);
});

describe('an action is kept, and no temporary folder is,', () => {
  const left = (cwd: string) => {
    const tables = readFileSync(path.join(cwd, 'local.out/tables/orders.json'), 'utf8');
    const { items, positions } = JSON.parse(tables);
    return {
      items: Object.keys(items).length,
      delivered: Object.values(positions),
      temporary: readdirSync(path.join(cwd, 'tmp')),
    };
  };
  const put = ['put', '{"OrderId":"1"}', '--topology'];

  test('where nobody reads on', async () => {
    const child = start('unread', ...put, shipped('orders.yaml'));
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(left('unread')).toEqual({ items: 1, delivered: [1], temporary: [] });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('after %s', async (signal, code) => {
    writeFileSync('endless.js', 'exports.handler = () => { for (;;); };');
    const own = topology({
      'consumers.process-orders.function': { name: 'A', entry: 'endless.js' },
    });
    const child = start(signal, ...put, `../${file('endless', own)}`);
    const closed = once(child, 'close');
    for await (const text of child.stdout) if (`${text}`.includes('delivered')) child.kill(signal);
    expect(await closed).toEqual([code, null]);
    expect(left(signal)).toEqual({ items: 1, delivered: [0], temporary: [] });
  });
});

test('nothing is written to cdktf.out', () => expect(existsSync('cdktf.out')).toBe(false));

test('subscriptions are named by a pattern, and those that are left out are listed', async () => {
  const topologyFile = file('two', topology(TWO_ACCOUNTS));
  const [first, leftOut] = (await local('--topology', topologyFile)).lines;
  expect([first, leftOut]).toEqual([
    'Playing two.yaml on this machine, without AWS: subscription-orders-shop-process-orders',
    'Left out: subscription-orders-tenant-process-orders; --subscription <pattern> names others',
  ]);
  const named = await local('--topology', topologyFile, '--subscription', '*tenant*');
  expect(named.lines.slice(0, 2)).toEqual([
    'Playing two.yaml on this machine, without AWS: subscription-orders-tenant-process-orders',
    '',
  ]);
});

describe('refuses, in one line,', () => {
  const call = `write npm run local -- put orders '{"OrderId":"1"}'`;
  const line = '{"action":"put","producer":"<name>","item":{…}}';
  test.each(
    Object.entries({
      'putt orders {}': `there is no action "putt"; did you mean put? write put, update, delete, load or redrive, or nothing for a scene, such as ${call.slice(6)}`,
      'put orders': `put takes a producer and one item in quotes; ${call}`,
      'delete orders {OrderId: 1}': `delete takes a producer and one item in quotes; ${call.replace('put', 'delete')}`,
      'put order {"OrderId":"1"}':
        'there is no producer order; did you mean orders? the topology has orders',
      'put orders {"Total":5}': 'OrderId must be the partition key of type S, and is missing',
      '--fault poisn':
        '--fault must be poison, timeout, duplicate, denied; did you mean poison? got "poisn"',
      '--subscription subscription-orders':
        'no stack is subscription-orders; did you mean subscription-orders-process-orders? npm run stacks lists them',
      'put {"OrderId":"1"} --item {"Total":5}':
        '--item is for the scene; write its attributes into the item of the action',
      'redrive orders': 'redrive takes nothing more, got "orders"',
      'redrive --fault poison': '--fault is for actions and the scene; leave it out with redrive',
      load: `load takes one file, of which each line is an action ${line}; write npm run local -- load <file>`,
      'load none.ndjson': 'none.ndjson is not a file',
    }),
  )('%s', async (words, message) => {
    const refused = await local(...words.split(' '));
    expect(refused).toEqual({ code: 1, lines: [], stderr: `${message}\n` });
    expect(existsSync('local.out')).toBe(false);
  });

  test.each(
    Object.entries({
      put: `must be a JSON object; write ${line}, got "put"`,
      '{"action":"put"}': `item must be an object; write ${line}`,
      '{"action":"set","item":{}}': `action must be put, update or delete; write ${line}`,
      '{"put":"orders","item":{}}': `must not have put; write ${line}`,
      '{"producer":"order","item":{}}':
        'there is no producer order; did you mean orders? the topology has orders',
      '{"item":{"Total":5}}': 'OrderId must be the partition key of type S, and is missing',
    }),
  )('a file with the line %s', async (text, message) => {
    writeFileSync('a.ndjson', `{"item":{"OrderId":"1"}}\n${text}\n`);
    const refused = await local('load', 'a.ndjson');
    expect(refused).toEqual({ code: 1, lines: [], stderr: `a.ndjson:2 ${message}\n` });
  });

  test('a line that what is kept refuses, before those above it are played', async () => {
    const half = 'x'.repeat(300_000);
    const load = async (...actions: object[]) => {
      writeFileSync('a.ndjson', actions.map((action) => JSON.stringify(action)).join('\n'));
      return await local('load', 'a.ndjson', '--topology', shipped('orders-producer.yaml'));
    };
    expect((await load({ item: { OrderId: '1', A: half } })).code).toBe(0);
    const refused = await load(
      { item: { OrderId: '2' } },
      { action: 'update', item: { OrderId: '1', B: half } },
    );
    expect(refused).toEqual({
      code: 1,
      lines: [],
      stderr: 'a.ndjson:2 an item must have at most 409600 bytes, got 600010\n',
    });
  });

  test('an item without the key that the first one gave to a table of others', async () => {
    const put = (item: string) => local('put', item, '--topology', shipped('orders-consumer.yaml'));
    const { lines } = await put('{"OrderId":"1","Total":1}');
    expect(lines.at(-1)).toContain(`Next: npm run local -- put orders '{"OrderId":"1"}' `);
    expect(await put('{"Other":"1"}')).toEqual({
      code: 1,
      lines: [],
      stderr: 'OrderId must be the partition key of type S, and is missing\n',
    });
  });

  test.each([[[]], [['--json']], [['put', '{"OrderId":"1"}']]])(
    'a topology without a producer: %j',
    async (words) => {
      const { producers, subscriptions, ...consumer } = topology();
      expect(await local('--topology', file('consumer', consumer), ...words)).toEqual({
        code: 1,
        lines: [],
        stderr:
          'consumer.yaml has no table whose changes can be played; write a producer, and a subscription to it; a stream of others is { existingStream: { arn: … } }\n',
      });
    },
  );

  test('a file without a line', async () => {
    writeFileSync('empty.ndjson', '\n');
    expect((await local('load', 'empty.ndjson')).stderr).toBe(
      `empty.ndjson has no line; write an action on each, such as ${line}\n`,
    );
  });

  test('a producer of several accounts, or of several, that is not named', async () => {
    const topologyFile = file('two', topology(TWO_ACCOUNTS));
    for (const [words, wrong] of [
      [['orders'], 'there is no producer orders'],
      [[], 'the producer is missing'],
    ] as const) {
      const { stderr } = await local(
        '--topology',
        topologyFile,
        'put',
        ...words,
        '{"OrderId":"1"}',
      );
      expect(stderr).toMatch(
        new RegExp(`^${wrong}; .*the topology has orders-shop, orders-tenant\n$`),
      );
    }
  });
});
