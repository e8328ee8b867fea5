import { parseOptions as parse } from '../../../commands/command';
import { OPTIONS } from '../../../commands/redrive';
import { readOptions } from '../../../operate/redrive/options';
import { UserError } from '../../../topology/problem';

const NOW = new Date('2026-01-08T12:00:00Z');
const CONSUMER = ['--consumer', 'process-orders'];
const ROLE = 'arn:aws:iam::111122223333:role/ops/Redrive';
/** The options as they are written on the command line. */
function parseOptions(args: string[], now: Date, env: NodeJS.ProcessEnv) {
  return readOptions(parse('redrive', OPTIONS, args), now, env);
}

const since = (text: string) => parseOptions([...CONSUMER, '--since', text], NOW, {});

describe('the options', () => {
  test.each<[string, string[], object]>([
    [
      'with a consumer only',
      CONSUMER,
      { consumer: 'process-orders', since: undefined, role: undefined, dryRun: false, json: false },
    ],
    [
      'with all of them',
      ['--json', '--consumer=process-orders', '--dry-run', '--since=2h', `--role=${ROLE}`],
      {
        consumer: 'process-orders',
        since: new Date('2026-01-08T10:00:00Z'),
        role: ROLE,
        dryRun: true,
        json: true,
      },
    ],
  ])('%s', (_, args, options) => {
    expect(parseOptions(args, NOW, {})).toStrictEqual(options);
  });
});

describe('--dry-run before the --, which npm takes for its own option,', () => {
  const env = { npm_config_dry_run: 'true' };

  test('is refused, since npm keeps it', () => {
    expect(() => parseOptions(CONSUMER, NOW, env)).toThrow(
      new UserError(
        'npm has taken --dry-run for its own option; write it after --: npm run redrive -- --consumer <name> --dry-run',
      ),
    );
  });

  test('does not matter where it is given as well', () => {
    expect(parseOptions([...CONSUMER, '--dry-run'], NOW, env)).toMatchObject({ dryRun: true });
  });

  test.each(['', 'false'])('is not meant by npm_config_dry_run=%s', (npm_config_dry_run) => {
    expect(parseOptions(CONSUMER, NOW, { npm_config_dry_run })).toMatchObject({ dryRun: false });
  });
});

describe('--since takes', () => {
  test.each([
    ['seconds', '45s', '2026-01-08T11:59:15.000Z'],
    ['minutes', '30m', '2026-01-08T11:30:00.000Z'],
    ['hours', '36h', '2026-01-07T00:00:00.000Z'],
    ['days', '7d', '2026-01-01T12:00:00.000Z'],
    ['a date, from midnight UTC', '2026-01-02', '2026-01-02T00:00:00.000Z'],
    ['a time in UTC', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['a time in another zone', '2026-01-02T03:04:05.678+02:00', '2026-01-02T01:04:05.678Z'],
  ])('%s', (_, text, expected) => {
    expect(since(text)).toMatchObject({ since: new Date(expected) });
  });
});

describe('refuses', () => {
  const MISSING = '--consumer <name> is missing; npm run redrive -- --help shows the options';
  const RULE =
    '--since must be a duration such as 30m, 2h or 7d, a date such as 2026-01-02 (from 00:00 UTC) or a time with its zone such as 2026-01-02T03:04:05Z, got ';

  test.each<[string, string[], string]>([
    ['no consumer', [], MISSING],
    ['an empty consumer', ['--consumer='], MISSING],
    ...[
      ['a word', 'yesterday'],
      ['nothing', ''],
      ['a duration of nothing', '0h'],
      ['a duration without a unit', '2'],
      ['a duration of weeks', '2w'],
      ['a duration before all time', '100000d'],
      ['a date that does not exist', '2026-02-30'],
      ['a time without its zone', '2026-01-02T03:04:05'],
    ].map(([name, text]): [string, string[], string] => [
      `${name} as --since`,
      [...CONSUMER, `--since=${text}`],
      `${RULE}"${text}"`,
    ]),
    [
      'a time in the future',
      [...CONSUMER, '--since', '2026-01-08T12:00:01Z'],
      '--since must be in the past, got 2026-01-08T12:00:01Z',
    ],
    ...[
      '',
      'Redrive',
      'arn:aws:iam::111122223333:user/Redrive',
      'arn:aws:sts::111122223333:assumed-role/Redrive/me',
      `${ROLE}\n`,
    ].map((role): [string, string[], string] => [
      `the role ${JSON.stringify(role)}`,
      [...CONSUMER, `--role=${role}`],
      `--role must be the ARN of a role such as arn:aws:iam::111122223333:role/Redrive, got ${JSON.stringify(role)}`,
    ]),
  ])('%s', (_, args, message) => {
    expect(() => parseOptions(args, NOW, {})).toThrow(new UserError(message));
  });
});
