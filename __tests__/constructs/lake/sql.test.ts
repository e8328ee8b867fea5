import { CHANGES, changesPerTenantPerDay } from '../../../constructs/lake/sql';
import { type Delivery, openLake, rowsOf } from '../../helpers/lake-database';

/** Takes the place of Athena's `current_date`. */
const TODAY = '2026-05-31';

const LAKE = 'my_lake';

/** A change as the lake holds it. */
function change(number: number, overrides: Delivery = {}): Delivery {
  return {
    event_id: `event-${number}`,
    event_name: 'INSERT',
    region: 'us-east-1',
    sequence_number: String(number).padStart(21, '0'),
    time: `${overrides.date ?? TODAY}T10:00:00.000Z`,
    expired: 0,
    keys: `{"OrderId":"order-${number}"}`,
    old_image: null,
    new_image: `{"OrderId":"order-${number}","Total":19.99}`,
    account: '444455556666',
    table: 'Orders',
    date: TODAY,
    ...overrides,
  };
}

/** `date_add` of Athena, from TODAY on. */
function added(unit: string, amount: number): string {
  const [year = 0, month = 0, day = 0] = TODAY.split('-').map(Number);
  if (unit !== 'day') throw new Error(`no unit ${unit}`);
  return new Date(Date.UTC(year, month - 1, day + amount)).toISOString();
}

/** `date_format` of Athena. */
function formatted(date: string, format: string): string {
  const [year = '', month = '', day = ''] = date.slice(0, 10).split('-');
  return format.replace('%Y', year).replace('%m', month).replace('%d', day);
}

/** The rows of a query of SQLite with functions that Athena has. */
async function query(sql: string, deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const lake = await openLake(LAKE, deliveries);
  lake.create_function('date_add', (unit: string, amount: number, date: string) => {
    // That of the clock, which is not what the data are made for.
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    return added(unit, amount);
  });
  lake.create_function('date_format', formatted);
  return rowsOf(lake, sql);
}

const changesOf = (...deliveries: Delivery[]) =>
  query(
    `SELECT * FROM "${LAKE}"."${CHANGES}" ORDER BY sequence_number, account, "table"`,
    deliveries,
  );

describe('the view of changes', () => {
  const [one, two, three] = [
    change(1),
    change(2, { event_name: 'MODIFY', old_image: '{"Total":1}', date: '2026-05-30' }),
    change(3, { event_name: 'REMOVE', new_image: null, expired: 1 }),
  ] as const;

  test.each<[string, Delivery[], Delivery[]]>([
    ['of nothing is empty', [], []],
    ['has every change, with all its columns', [one, two, three], [one, two, three]],
    ['has a change once that a batch has twice', [one, one, two], [one, two]],
    [
      'has a batch once that is delivered again',
      [one, two, three, one, two, three],
      [one, two, three],
    ],
    [
      'has a change once of which only a part of its batch is delivered again',
      [one, two, two, three, two],
      [one, two, three],
    ],
    [
      'has a change once that is delivered out of order',
      [three, one, three, two],
      [one, two, three],
    ],
    [
      'distinguishes changes of one event id in two accounts',
      [one, one, { ...one, account: '777788889999' }],
      [one, { ...one, account: '777788889999' }],
    ],
    [
      'distinguishes changes of one event id in two tables',
      [{ ...one, table: 'Items' }, one, one],
      [{ ...one, table: 'Items' }, one],
    ],
  ])('%s', async (_, deliveries, expected) => {
    expect(await changesOf(...deliveries)).toEqual(expected);
  });

  test('has each of a thousand changes once, whatever is delivered again', async () => {
    const all = Array.from({ length: 1_000 }, (_, number) => change(number));
    const again = all.flatMap((row, number) => Array<Delivery>(number % 4).fill(row));
    expect(await changesOf(...again, ...all)).toEqual(all);
  });
});

describe('changes_per_tenant_per_day', () => {
  const sql = changesPerTenantPerDay(LAKE);
  const day = (
    account: string,
    date: string,
    inserted: number,
    modified: number,
    removed: number,
  ) => ({
    account,
    date,
    changes: inserted + modified + removed,
    inserted,
    modified,
    removed,
  });

  test.each<[string, Delivery[], Delivery[]]>([
    ['of nothing is empty', [], []],
    [
      'counts each change once, by its kind',
      [
        ...[change(1), change(2), change(1)],
        ...[change(3, { event_name: 'MODIFY' }), change(3, { event_name: 'MODIFY' })],
        ...[change(4, { event_name: 'REMOVE' })],
      ],
      [day('444455556666', TODAY, 2, 1, 1)],
    ],
    [
      'counts accounts and days apart and in order, tables together',
      [
        change(1, { account: '777788889999' }),
        change(2),
        change(3, { date: '2026-05-30' }),
        change(4, { table: 'Items' }),
        change(5, { account: '777788889999', date: '2026-05-01' }),
      ],
      [
        day('444455556666', '2026-05-30', 1, 0, 0),
        day('444455556666', TODAY, 2, 0, 0),
        day('777788889999', '2026-05-01', 1, 0, 0),
        day('777788889999', TODAY, 1, 0, 0),
      ],
    ],
    [
      'goes back 30 days from today',
      [change(1, { date: '2026-05-01' }), change(2, { date: '2026-04-30' })],
      [day('444455556666', '2026-05-01', 1, 0, 0)],
    ],
  ])('%s', async (_, deliveries, expected) => {
    expect(await query(sql, deliveries)).toEqual(expected);
  });
});
