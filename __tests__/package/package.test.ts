import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { publishedManifest } from '../../package/manifest';
import { save, swapBack, swapIn } from '../../package/swap';
import repository from '../../package.json';
import { environment } from '../helpers/environment';
import { topology } from '../helpers/topology';
import { tree } from '../helpers/tree';

const NAME = 'dynamodb-cross-account-streams';

/** Where npm put the project's packages. */
const INSTALLED = path.resolve(require.resolve('cdktf/package.json'), '..', '..');

const root = mkdtempSync(path.join(tmpdir(), 'the package '));
const clone = path.join(root, 'clone');
const user = path.join(root, 'user');
const own = path.join(user, 'node_modules', NAME);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly unpackedSize: number;
}
let packed: Packed;
let copied: readonly string[];

// Each starts programs, which take long on a busy machine.
jest.setTimeout(60_000);

beforeAll(() => {
  const left = /^(node_modules|dist|coverage|__tests__|\.git|.*\.out)$/;
  copied = readdirSync('.').filter((name) => !left.test(name));
  for (const name of copied) {
    cpSync(name, path.join(clone, name), { recursive: true });
  }
  symlinkSync(INSTALLED, path.join(clone, 'node_modules'), 'junction');
  mkdirSync(own, { recursive: true });
  [packed] = JSON.parse(succeed('npm', ['pack', '--json', '--pack-destination', user], clone));
  succeed('tar', ['-xzf', packed.filename, '-C', own, '--strip-components=1'], user);
  for (const name of Object.keys(repository.dependencies)) {
    if (!name.startsWith('@cdktf/provider-')) link(name, user);
  }
}, 180_000);
afterAll(() => rmSync(root, { recursive: true }));

/** Installs a package. */
function link(name: string, folder: string): void {
  const place = path.join(folder, 'node_modules', name);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(path.join(INSTALLED, name), place, 'junction');
}

const env = environment();

function run(program: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const DONE = { status: 0, stdout: '', stderr: '' };

function typecheck(folder: string, module: string, files: Readonly<Record<string, string>>) {
  const compilerOptions = { module, target: 'es2022', strict: true, noEmit: true, types: [] };
  write(folder, { ...files, 'tsconfig.json': JSON.stringify({ compilerOptions }) });
  return run('node', [path.join(INSTALLED, 'typescript', 'bin', 'tsc'), '-p', '.'], folder);
}

function succeed(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

function write(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const readJson = (...file: string[]) => JSON.parse(readFileSync(path.join(...file), 'utf8'));

describe('npm pack', () => {
  it('leaves the repository as it was', () => {
    expect(readdirSync(clone).sort()).toEqual([...copied, 'dist', 'node_modules'].sort());
    expect(readJson(clone, 'package.json')).toEqual(repository);
  });

  it('computes the manifest', () => {
    const { scripts, devDependencies, optionalDependencies, overrides, ...rest } = repository;
    const { allowScripts, private: isPrivate, dependencies, ...kept } = rest;
    const {
      '@cdktf/provider-aws': aws,
      '@cdktf/provider-archive': archive,
      cdktf,
      constructs,
      ...imported
    } = dependencies;
    expect(readJson(own, 'package.json')).toEqual({
      ...kept,
      scripts: { prepack: scripts.prepack, postpack: scripts.postpack },
      dependencies: imported,
      peerDependencies: { cdktf, constructs },
    });
  });

  it('packs what is used, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const tops = new Set(paths.map((file) => file.split('/')[0]));
    expect([...tops].sort()).toEqual([
      '.github',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'THIRD-PARTY-NOTICES',
      'bootstrap',
      'dist',
      'docs',
      'help',
      'init',
      'lambda-src',
      'local',
      'package.json',
      'review',
      'topologies',
      'tsconfig.json',
    ]);
    expect(
      paths.filter((file) => /^(review|topologies|lambda-src\/(?!runtime))/.test(file)),
    ).toEqual([
      'lambda-src/contract.ts',
      'lambda-src/examples/order-history.ts',
      'lambda-src/examples/order-totals.ts',
      'lambda-src/index.ts',
      'lambda-src/processor.ts',
      'lambda-src/s3.ts',
      'lambda-src/sinks/log.ts',
      'lambda-src/sinks/s3.ts',
      'lambda-src/testing.ts',
      'lambda-src/testing/mapping.ts',
      'lambda-src/testing/to-record.ts',
      'review/report/page.css',
      'topologies/analytics-lake.yaml',
      'topologies/order-service.yaml',
      'topologies/order-totals.yaml',
      'topologies/orders-consumer.yaml',
      'topologies/orders-producer.yaml',
      'topologies/orders-python.yaml',
      'topologies/orders.yaml',
      'topologies/saas-tenants.yaml',
      'topologies/shared-table.yaml',
      'topologies/topology.schema.json',
    ]);
    const built = readdirSync(path.join(own, 'dist', 'package'));
    expect(built.sort()).toEqual([
      'command.js',
      'command.js.map',
      'index.js',
      'index.js.map',
      'index.mjs',
      'processor.js',
      'processor.js.map',
      'processor.mjs',
      'processor.mjs.map',
      'provider-archive',
      'provider-aws',
      'testing.js',
      'testing.js.map',
      'testing.mjs',
      'testing.mjs.map',
      'types',
    ]);
    const role = readFileSync(
      path.join(own, 'dist', 'package', 'provider-aws', 'iam-role.js'),
      'utf8',
    );
    // The same where node_modules is a link, as it is here.
    expect(role).toMatch(/^\/\/ node_modules\/@cdktf\/provider-aws\/lib\/iam-role\/index\.js$/m);
    expect(packed.unpackedSize).toBeLessThan(6_000_000);
  });

  it('names the packages that are bundled, with version, license and source', () => {
    const text = readFileSync(path.join(own, 'THIRD-PARTY-NOTICES'), 'utf8');
    expect(text.match(/^(@\S+ \S+|License: .*|Source: .*)$/gm)).toEqual([
      expect.stringMatching(/^@cdktf\/provider-aws \d+\.\d+\.\d+$/),
      'License: MPL-2.0',
      expect.stringMatching(/^Source: https:\/\/github\.com\/cdktf\/cdktf-provider-aws\/tree\/v\d/),
      expect.stringMatching(/^@cdktf\/provider-archive \d+\.\d+\.\d+$/),
      'License: MPL-2.0',
      expect.stringMatching(
        /^Source: https:\/\/github\.com\/cdktf\/cdktf-provider-archive\/tree\/v\d/,
      ),
    ]);
    expect(text.match(/^Mozilla Public License, version 2\.0$/gm)).toHaveLength(2);
  });

  it('bundles files of no other packages', () => {
    const files = readdirSync(path.join(own, 'dist'), { recursive: true, encoding: 'utf8' });
    const bundled = files
      .filter((file) => /\.m?js$/.test(file))
      .map((file) => readFileSync(path.join(own, 'dist', file), 'utf8'))
      .flatMap((text) => text.match(/(?<=^ *\/\/ .*node_modules\/)(@[^/]+\/)?[^/]+/gm) ?? []);
    expect([...new Set(bundled)].sort()).toEqual([
      '@cdktf/provider-archive',
      '@cdktf/provider-aws',
    ]);
  });

  it('needs packages whose licenses ask no more of the user than to keep a notice', () => {
    // npm marks what only tests, or no user at all, need.
    const needed = Object.values<Record<string, unknown>>(readJson('package-lock.json').packages)
      .filter(({ dev, devOptional, optional }) => !dev && !devOptional && !optional)
      .map(({ license }) => license);
    expect([...new Set(needed)].sort()).toEqual([
      '0BSD',
      'Apache-2.0',
      'BSD-3-Clause',
      'BlueOak-1.0.0',
      'ISC',
      'MIT',
      'MPL-2.0',
      'Public Domain',
    ]);
  });

  it('packs once at a time, and says so', async () => {
    write(clone, { 'package.json.before-pack': JSON.stringify(repository) });
    const { status, stderr } = run('npm', ['pack', '--pack-destination', user], clone);
    expect(status).not.toBe(0);
    expect(stderr).toContain('package.json.before-pack exists: another npm pack runs');
    expect(readJson(clone, 'package.json')).toEqual(repository);
    rmSync(path.join(clone, 'package.json.before-pack'));
  });

  it('ends before it changes anything where it cannot write the package', () => {
    const { status, stderr } = run('npm', ['pack', '--pack-destination', 'nowhere'], clone);
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      `ENOENT: no such file or directory, access '${path.join(clone, 'nowhere')}'`,
    );
    expect(readJson(clone, 'package.json')).toEqual(repository);
  });
});

describe('the manifest of the repository', () => {
  const published = { ...repository, devDependencies: undefined };
  const text = JSON.stringify(repository);
  const CHANGED = 'package.json is not as in package.json.before-pack';
  /** The files of the folder, with their content. */
  const read = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readJson(folder, name)]));
  const here = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = write(mkdtempSync(path.join(root, 'swap-')), { 'package.json': text });
    process.chdir(folder);
  });
  afterEach(() => process.chdir(here));

  it.each([true, false])('is put back after a pack that was cut off (swapped: %s)', (swapped) => {
    save();
    if (swapped) swapIn(published);
    swapBack();
    expect(read(folder)).toEqual({ 'package.json': repository });
  });

  it.each([true, false])('is not saved while another npm pack runs (swapped: %s)', (swapped) => {
    save();
    if (swapped) swapIn(published);
    const before = read(folder);
    expect(() => save()).toThrow(
      'package.json.before-pack exists: another npm pack runs, or one was cut off; then run node commands/start.mjs package/pack.ts restore',
    );
    expect(read(folder)).toEqual(before);
  });

  it('is not replaced by one of the package', () => {
    write(folder, { 'package.json': JSON.stringify(published) });
    expect(() => save()).toThrow("package.json is the package's; run git checkout package.json");
    expect(readdirSync(folder)).toEqual(['package.json']);
  });

  it('is not replaced where someone changed it meanwhile', () => {
    save();
    const changed = { ...repository, version: '2.0.0' };
    write(folder, { 'package.json': JSON.stringify(changed) });
    expect(() => swapIn(published)).toThrow(CHANGED);
    expect(() => swapBack()).toThrow(CHANGED);
    expect(read(folder)).toEqual({
      'package.json': changed,
      'package.json.before-pack': repository,
    });
  });
});

describe('a build fails where', () => {
  test('a package that is imported has no version', () => {
    expect(() => publishedManifest(new Set(['left-pad']))).toThrow(
      'left-pad is imported, so package.json must have it in dependencies',
    );
  });
});

describe('where it is installed', () => {
  it('is required, as jest does it', () => {
    const api = require(require.resolve(NAME, { paths: [user] }));
    const { TerraformStack } = require(require.resolve('cdktf', { paths: [user] }));
    expect(Object.keys(api).sort()).toEqual([
      'AccountStack',
      'ConsumerStack',
      'ProducerStack',
      'StateBucketStack',
      'SubscriptionStack',
      'TopologyError',
      'UserError',
      'buildStacks',
      'loadTopology',
      'synthesize',
    ]);
    expect(api.ConsumerStack.prototype).toBeInstanceOf(TerraformStack);
    const processor = require(require.resolve(`${NAME}/processor`, { paths: [user] }));
    expect(Object.keys(processor).sort()).toEqual(['defineBatchProcessor', 'defineProcessor']);
    const testing = require(require.resolve(`${NAME}/testing`, { paths: [user] }));
    expect(Object.keys(testing)).toEqual(['deliver']);
    expect(require.resolve(`${NAME}/topology.schema.json`, { paths: [user] })).toBeDefined();
  });

  it('leaves nothing in the temporary folder, under jest as well', () => {
    const folder = write(path.join(user, 'jest'), {
      'package.json': '{}',
      'topology.yaml': readFileSync('topologies/orders.yaml', 'utf8'),
      'synth.test.js': `const { App } = require('cdktf');
        const { buildStacks, loadTopology } = require('${NAME}');
        const temporary = require('node:fs').readdirSync(process.env.TMPDIR);
        test('synth', () => buildStacks(new App(), loadTopology('topology.yaml')));
        afterAll(() => expect(require('node:fs').readdirSync(process.env.TMPDIR)).not.toEqual(temporary));`,
    });
    const temporary = write(path.join(folder, 'temporary'), {});
    const jest = path.join(INSTALLED, 'jest', 'bin', 'jest.js');
    succeed('env', [`TMPDIR=${temporary}`, 'node', jest, '--cacheDirectory=cache'], folder);
    expect(readdirSync(temporary).filter((name) => !name.startsWith('cdktf.'))).toEqual([]);
  });

  it('is imported, with the same classes', () => {
    write(user, {
      'imports.mjs': `import { createRequire } from 'node:module';
        import * as api from '${NAME}';
        import { defineProcessor } from '${NAME}/processor';
        import { deliver } from '${NAME}/testing';
        const required = createRequire(import.meta.url)('${NAME}');
        const same = Object.keys(required).filter((name) => api[name] === required[name]);
        const change = { eventName: 'REMOVE', keys: { id: 1 } };
        const { processed } = await deliver(defineProcessor(() => {}), [change]);
        console.error(same.length, processed);`,
    });
    expect(run('node', ['imports.mjs'], user)).toEqual({
      status: 0,
      stdout: expect.stringContaining('"ChangesProcessed":1'),
      stderr: "10 [ { eventName: 'REMOVE', keys: { id: 1 } } ]\n",
    });
  });

  it('gives its provider to a resource of the user, from the user’s own classes, takes an attribute, and reviews both', () => {
    const text = readFileSync('docs/extending.md', 'utf8');
    const [, app = ''] =
      /## What the topology cannot say[\s\S]*?```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const { code } = transformSync(app, { loader: 'ts', format: 'cjs' });
    const folder = write(path.join(user, 'app'), {
      'app.js': code,
      'topology.yaml': readFileSync('topologies/orders.yaml', 'utf8'),
    });
    link('@cdktf/provider-aws', folder);
    expect(typecheck(folder, 'node16', { 'app.ts': app })).toEqual(DONE);
    expect(run('node', ['app.js'], folder)).toEqual(DONE);
    const stack = readJson(folder, 'cdktf.out', 'stacks', 'consumer-process-orders', 'cdk.tf.json');
    expect(stack.resource.aws_sqs_queue).toEqual({
      orders: expect.objectContaining({ name: 'Orders', provider: 'aws.consumer' }),
    });
    expect(stack.resource.aws_cloudwatch_log_group.log).toMatchObject({
      name: '/aws/lambda/ProcessOrders',
      skip_destroy: true,
    });

    write(folder, { 'cdktf.json': '{ "app": "npx tsx app.ts" }' });
    const command = path.join(own, 'dist', 'package', 'command.js');
    const page = path.join('..', 'node_modules', NAME, 'docs', 'extending.md');
    expect(run('node', [command, 'review', '--from', 'cdktf.out'], folder)).toEqual({
      status: 1,
      stdout: expect.stringMatching(/^3 of \d+ findings must stop a deployment; /),
      stderr: `cdktf.json has another app, "npx tsx app.ts", which is not run here: what it adds is written by npx --no-install cdktf synth alone, and reviewed by npm run review -- --from cdktf.out alone
stacks/consumer-process-orders/cdk.tf.json is not what the topology synthesizes at aws_cloudwatch_log_group.log skip_destroy, aws_sqs_queue; if the app of cdktf.json does that, let somebody review it
consumer-process-orders aws_cloudwatch_log_group.log skip_destroy is not known to the review; remove it, or, if it is meant, let somebody review it, for which the review stops at what it does not know: ${page}
consumer-process-orders aws_sqs_queue.orders resource.aws_sqs_queue is not known to the review; remove it, or, if it is meant, let somebody review it, for which the review stops at what it does not know: ${page}
`,
    });
  });

  it.each(['node16', 'preserve'])('has types, with the module kind %s', (module) => {
    const result = typecheck(path.join(user, module), module, {
      'app.ts': `import { App } from 'cdktf';
        import { buildStacks, ConsumerStack, loadTopology, type ResolvedTopology } from '${NAME}';
        const topology: ResolvedTopology = loadTopology('topology.yaml', (line: string) => line);
        buildStacks(new App(), topology);
        export class Mine extends ConsumerStack {}
        // @ts-expect-error
        loadTopology(1);`,
      'module.mts': `import { defineProcessor, type ChangeEvent } from '${NAME}/processor';
        import { deliver, type Delivery } from '${NAME}/testing';
        interface Order { readonly total: number }
        export const totals: number[] = [];
        export default defineProcessor<Order>((change: ChangeEvent<Order>) => {
          totals.push(change.newImage?.total ?? 0);
          // @ts-expect-error
          change.newImage?.price;
        });
        const changes = [{ eventName: 'REMOVE', keys: { id: 1 } }] as const;
        export const delivery: Promise<Delivery<(typeof changes)[number]>> = deliver(
          defineProcessor(() => {}),
          changes,
        );`,
    });
    expect(result).toEqual(DONE);
  });

  it('has a command, which runs through a link', () => {
    const command = path.join(user, 'node_modules', '.bin', 'cross-account-streams');
    mkdirSync(path.dirname(command));
    symlinkSync(path.join(own, 'dist', 'package', 'command.js'), command);
    expect(run(command, ['redrive', '--help'], user)).toEqual({
      status: 0,
      stdout: expect.stringContaining(
        "Delivers a consumer's failed batches to its function again.",
      ),
      stderr: '',
    });
  });

  it('synthesizes its example with a function', () => {
    const command = path.join(own, 'dist', 'package', 'command.js');
    const file = path.join('node_modules', NAME, 'topologies', 'order-totals.yaml');
    expect(run('node', [command, 'synth', '--topology', file], user)).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^3 stacks in cdktf\.out\/: consumer-total-orders, /),
      stderr: '',
    });
  });

  it('plays its walk-through', () => {
    const command = path.join(own, 'dist', 'package', 'command.js');
    const file = path.join('node_modules', NAME, 'topologies', 'orders.yaml');
    expect(run('node', [command, 'local', '--topology', file], user)).toEqual({
      status: 0,
      stdout: expect.stringMatching(/ redriven +1 record /),
      stderr: '',
    });
  });

  it('has the same functions where it is linked, whatever the tsconfig.json around it says', () => {
    const app = path.join(user, 'linked');
    const linked = path.join(app, 'vendor', NAME);
    const compilerOptions = { useDefineForClassFields: false, paths: { './contract': ['./none'] } };
    write(app, {
      'topology.yaml': JSON.stringify(topology({})),
      'tsconfig.json': JSON.stringify({ compilerOptions }),
    });
    cpSync(own, linked, { recursive: true });
    const made = [own, linked].map((place) => {
      const command = path.join(place, 'dist', 'package', 'command.js');
      expect(run('node', [command, 'synth'], app)).toMatchObject({ status: 0, stderr: '' });
      return tree(path.join(app, 'cdktf.out'));
    });
    expect(made[1]).toEqual(made[0]);
  });

  it('says in one line which peer is missing', () => {
    const elsewhere = path.join(root, 'without peers');
    cpSync(own, path.join(elsewhere, 'node_modules', NAME), { recursive: true });
    const command = path.join(elsewhere, 'node_modules', NAME, 'dist', 'package', 'command.js');
    for (const name of [
      'zod',
      'yaml',
      'fastest-levenshtein',
      'get-tsconfig',
      '@aws-sdk/util-arn-parser',
    ])
      link(name, elsewhere);
    expect(run('node', [command, 'synth'], elsewhere)).toEqual({
      status: 1,
      stdout: '',
      stderr: "Cannot find module 'cdktf'; run npm install cdktf\n",
    });
  });
});
