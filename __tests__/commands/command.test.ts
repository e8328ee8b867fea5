import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { command as redrive } from '../../commands/redrive';
import { environment } from '../helpers/environment';
import { runCommand } from '../helpers/run-command';

const CONSUMER = ['--consumer', 'process-orders'];
const MORE = 'npm run redrive -- --help shows the options';

test('--help shows what a command does, its options and its exit code, and needs nothing else', async () => {
  const env = { TOPOLOGY: 'nowhere.yaml' };
  expect(await runCommand(redrive, { args: ['--help'], env })).toEqual({
    code: 0,
    stdout: `Delivers a consumer's failed batches to its function again.

  npm run redrive -- <options>

  --consumer <name>  a consumer of the topology file
  --since <time>     only batches that failed since then: 2h, 7d, 2026-01-02 or 2026-01-02T03:04:05Z
  --role <ARN>       a role instead of the account's deploy role
  --dry-run          list them, deliver and delete nothing
  --json             one JSON document on standard output, all else on standard error
  --topology <file>  another topology than that of TOPOLOGY, else topology.yaml, else topologies/orders.yaml
  --help             this text

Exit code: 0 if everything was delivered, 1 if not. Documentation: docs/failed-batches.md
`,
    stderr: '',
  });
});

describe('the options refuse', () => {
  test.each<[string, string[], string]>([
    ['no name of it', ['--consumer'], "Option '--consumer <value>' argument missing"],
    [
      'an option as its name',
      ['--consumer', '--json'],
      "Option '--consumer' argument is ambiguous; a value that begins with a dash is written --consumer=<value>",
    ],
    ['an unknown option', [...CONSUMER, '--force'], "Unknown option '--force'"],
    [
      'a mistyped option',
      [...CONSUMER, '--dryrun'],
      "Unknown option '--dryrun'; did you mean --dry-run?",
    ],
    [
      'a mistyped option with a value',
      ['--consuner', 'x'],
      "Unknown option '--consuner'; did you mean --consumer?",
    ],
    [
      'the beginning of an option',
      ['--sin', '2h'],
      "Unknown option '--sin'; did you mean --since?",
    ],
    ['a beginning that is too short', ['--si'], "Unknown option '--si'"],
    [
      'the value of a flag',
      [...CONSUMER, '--json=yes'],
      "Option '--json' does not take an argument",
    ],
    [
      'what npm leaves over where the -- before the options is forgotten',
      ['process.orders'],
      "Unexpected argument 'process.orders'",
    ],
  ])('%s', async (_, args, message) => {
    const end = message.endsWith('?') ? ' ' : '; ';
    expect(await runCommand(redrive, { args })).toEqual({
      code: 1,
      stdout: '',
      stderr: `${message}${end}${MORE}\n`,
    });
  });
});

test('a command whose TMPDIR is missing is refused in one line', () => {
  const missing = path.resolve('missing');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['commands/start.mjs', 'commands/index.ts', 'synth'],
    { env: environment({ TMPDIR: missing }), encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr: `TMPDIR must be a folder that can be written to: ENOENT: no such file or directory, mkdtemp '${missing}/functions-XXXXXX'\n`,
  });
});

describe('a command whose working directory is deleted is refused in one line', () => {
  const stderr = 'The working directory is no longer there; change to another\n';

  test('from a clone', () => {
    const started = `d=$(mktemp -d) && cd "$d" && rmdir "$d" && exec node '${path.resolve('commands/start.mjs')}' commands/index.ts synth`;
    const { status, ...printed } = spawnSync('sh', ['-c', started], {
      env: environment(),
      encoding: 'utf8',
    });
    expect({ status, stderr: printed.stderr }).toEqual({ status: 1, stderr });
  });

  test('from the package', async () => {
    const command = () => Promise.reject(Object.assign(new Error('no'), { syscall: 'uv_cwd' }));
    expect(await runCommand(command)).toEqual({ code: 1, stdout: '', stderr });
  });
});

test.each([
  ['sinth', 'There is no command sinth; did you mean synth? npm run help lists them\n'],
  ['schema', 'There is no command schema; npm run help lists them\n'],
  ['apply', 'There is no command apply; npm run help lists them\n'],
])('the command %s is refused', (name, message) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['commands/start.mjs', 'commands/index.ts', name],
    { env: environment(), encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: message });
});
