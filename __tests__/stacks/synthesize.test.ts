import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { version } from '../../package.json';
import { buildStacks } from '../../stacks/build-stacks';
import { synthesize } from '../../stacks/synthesize';
import { UserError } from '../../topology/problem';
import { resolved } from '../helpers/synth-app';
import { existingStream, producer, topology } from '../helpers/topology';
import { tree } from '../helpers/tree';

const actual = jest.requireActual<typeof import('../../stacks/build-stacks')>(
  '../../stacks/build-stacks',
);
jest.mock('../../stacks/build-stacks', () => ({
  buildStacks: jest.fn(jest.requireActual('../../stacks/build-stacks').buildStacks),
}));

// The formatter of HCL takes a while to load.
jest.setTimeout(30_000);

const ORDERS = resolved(topology());
/** A topology of one stack more. */
const TWO_TABLES = resolved(topology({ 'producers.returns': producer('Returns') }));

const root = mkdtempSync(path.join(tmpdir(), 'synthesize-test-'));
afterAll(() => rmSync(root, { recursive: true }));

let outdir: string;
let stack: string;
beforeEach(() => {
  outdir = path.join(mkdtempSync(path.join(root, 'out-')), 'a', 'folder');
  stack = path.join(outdir, 'stacks', 'producer-orders');
});

const idsIn = (folder: string) => readdirSync(path.join(folder, 'stacks')).sort();

describe('a synthesis', () => {
  test('returns the stacks in the order of deployment', async () => {
    expect(await synthesize(TWO_TABLES, outdir)).toEqual([
      'consumer-process-orders',
      'producer-orders',
      'producer-returns',
      'subscription-orders-process-orders',
    ]);
  });

  test('is the same when it is repeated', async () => {
    await synthesize(ORDERS, outdir);
    const before = tree(outdir);
    await synthesize(ORDERS, outdir);
    expect(tree(outdir)).toEqual(before);
  });

  test.each([
    ['another process that has ended', () => spawnSync(process.execPath, ['--version']).pid],
    ['an earlier process of the same id', () => process.pid],
  ])('takes over the lock of %s, and leaves none', async (_, owner) => {
    mkdirSync(outdir, { recursive: true });
    writeFileSync(path.join(outdir, '.synth.lock'), String(owner()));
    await synthesize(ORDERS, outdir);
    expect(readdirSync(outdir).sort()).toEqual(['manifest.json', 'stacks']);
  });

  test('removes the stacks that the topology no longer has, and nobody else’s folders', async () => {
    await synthesize(TWO_TABLES, outdir);
    mkdirSync(path.join(outdir, 'stacks', 'notes'));
    await synthesize(ORDERS, outdir);
    expect(idsIn(outdir)).toEqual([
      'consumer-process-orders',
      'notes',
      'producer-orders',
      'subscription-orders-process-orders',
    ]);
  });

  test('leaves the stacks that the topology no longer has to cdktf, which deletes them', async () => {
    await synthesize(TWO_TABLES, outdir);
    const before = idsIn(outdir);
    await synthesize(ORDERS, outdir, { keepStale: true });
    expect(idsIn(outdir)).toEqual(before);
  });

  test('replaces the code of a function, and keeps what Terraform has next to it', async () => {
    await synthesize(ORDERS, outdir);
    const consumer = path.join(outdir, 'stacks', 'consumer-process-orders');
    const [code = ''] = readdirSync(path.join(consumer, 'assets', 'processor_code'));
    const [old, lock] = [
      path.join(consumer, 'assets', 'processor_code', 'OLD'),
      path.join(consumer, '.terraform.lock.hcl'),
    ];
    mkdirSync(old);
    mkdirSync(path.join(consumer, '.terraform'));
    writeFileSync(lock, '# versions');
    await synthesize(ORDERS, outdir);
    expect(readdirSync(consumer).sort()).toEqual([
      '.terraform',
      '.terraform.lock.hcl',
      'assets',
      'cdk.tf.json',
    ]);
    expect(readdirSync(path.join(consumer, 'assets', 'processor_code'))).toEqual([code]);
  });

  test('leaves no JSON among HCL, and no HCL among JSON', async () => {
    const names = () => readdirSync(stack).filter((name) => name.startsWith('cdk.tf'));
    await synthesize(ORDERS, outdir);
    expect(names()).toEqual(['cdk.tf.json']);
    await synthesize(ORDERS, outdir, { hcl: true });
    expect(names()).toEqual(['cdk.tf']);
    await synthesize(ORDERS, outdir);
    expect(names()).toEqual(['cdk.tf.json']);
    expect(readdirSync(outdir).sort()).toEqual(['manifest.json', 'stacks']);
  });
});

describe('HCL', () => {
  test('says in its first line what it was made from, and names no folder', async () => {
    await synthesize(ORDERS, outdir, { hcl: true });
    const firstLines = idsIn(outdir).map((id) => {
      return tree(outdir)[`stacks/${id}/cdk.tf`]?.split('\n').slice(0, 3);
    });
    const line = `# Written from the topology orders by npm run synth:hcl of dynamodb-cross-account-streams ${version}`;
    expect(firstLines).toEqual(Array(3).fill([line, '', 'terraform {']));
  });

  test('has the list of stacks for other tools next to it', async () => {
    const managed = resolved(
      topology({ 'state.manage': true, 'producers.orders.streamPolicy': { principal: 'account' } }),
    );
    await synthesize(managed, outdir, { hcl: true });
    const [analytics, shop] = ['111122223333', '444455556666'];
    const region = 'us-east-1';
    expect(JSON.parse(tree(outdir)['stacks.json'] ?? '')).toEqual(
      [
        // Without state.roleArn the credentials decide the account.
        { id: 'state-bucket', kind: 'state-bucket', region, order: 0, dependsOn: [] },
        {
          id: 'consumer-process-orders',
          kind: 'consumer',
          account: analytics,
          region,
          order: 1,
          dependsOn: [],
        },
        { id: 'producer-orders', kind: 'producer', account: shop, region, order: 1, dependsOn: [] },
        {
          id: 'subscription-orders-process-orders',
          kind: 'subscription',
          account: analytics,
          region,
          order: 2,
          dependsOn: ['producer-orders', 'consumer-process-orders'],
        },
      ].map((stack) => ({ ...stack, folder: `stacks/${stack.id}` })),
    );
  });

  test('says nothing there of what others are to add', async () => {
    await synthesize(resolved(topology(existingStream())), outdir, { hcl: true });
    const stacks: object[] = JSON.parse(tree(outdir)['stacks.json'] ?? '');
    const keys = ['id', 'kind', 'account', 'region', 'order', 'dependsOn', 'folder'];
    expect(stacks.map((stack) => Object.keys(stack).sort())).toEqual(
      stacks.map(() => [...keys].sort()),
    );
    expect(stacks).toHaveLength(2);
  });
});

describe('refuses', () => {
  let before: Record<string, string>;
  beforeEach(async () => {
    await synthesize(TWO_TABLES, outdir);
    before = tree(outdir);
  });

  test('what a stack says is wrong, all of it, and leaves the last output as it was', async () => {
    jest.mocked(buildStacks).mockImplementationOnce((app, content) => {
      actual.buildStacks(app, content);
      for (const id of ['producer-orders', 'consumer-process-orders']) {
        new SqsQueue(app.node.findChild(id), 'my-queue');
        new SqsQueue(app.node.findChild(id), 'my_queue');
      }
    });
    await expect(synthesize(ORDERS, outdir)).rejects.toEqual(
      new UserError(
        'consumer-process-orders aws_sqs_queue.my_queue is declared twice',
        'producer-orders aws_sqs_queue.my_queue is declared twice',
      ),
    );
    expect(tree(outdir)).toEqual(before);
  });

  test('a folder that another process writes to, and leaves it as it is', async () => {
    await synthesize(ORDERS, outdir);
    const lock = path.join(outdir, '.synth.lock');
    writeFileSync(lock, String(process.ppid));
    const before = tree(outdir);
    await expect(synthesize(TWO_TABLES, outdir)).rejects.toThrow(
      new UserError(
        `another command runs in ${outdir}; run one at a time for a folder. If none runs, delete ${lock}`,
      ),
    );
    expect(tree(outdir)).toEqual(before);
  });

  test('a folder whose lock has no owner yet', async () => {
    mkdirSync(outdir, { recursive: true });
    writeFileSync(path.join(outdir, '.synth.lock'), '');
    await expect(synthesize(ORDERS, outdir)).rejects.toThrow('another command runs in ');
  });

  test('a folder that is a file', async () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    const outcome = synthesize(ORDERS, file);
    await expect(outcome).rejects.toThrow(UserError);
    await expect(outcome).rejects.toThrow(/^the stacks cannot be written to \S+file: E[A-Z]+: .*$/);
  });

  test('a stack that cannot be written, and leaves no manifest', async () => {
    rmSync(stack, { recursive: true });
    writeFileSync(stack, 'in its place');
    await expect(synthesize(ORDERS, outdir)).rejects.toThrow(UserError);
    expect(existsSync(path.join(outdir, 'manifest.json'))).toBe(false);
  });
});
