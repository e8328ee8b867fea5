import { LAKE_COLUMNS } from '../../lambda-src/contract';

/** Every line ends with a line break, the last one too: in HCL that is the text of a heredoc. */
const lines = (...sql: readonly string[]) => sql.map((line) => `${line}\n`).join('');

export const DELIVERIES = 'deliveries';
export const CHANGES = 'changes';

/** The partition column that every lake has. It is in an object's key, not in its lines. */
export const DATE = { name: 'date', type: 'string' } as const;

export const VIEW_COLUMNS = [...LAKE_COLUMNS, DATE];

/**
 * Every change once. Lambda can deliver a change again, and its event is then in two objects; both lie
 * in the partition of the change's own day, so that a filter on a partition column reaches the objects.
 * The two are the same record: any of them will do, and an order would keep all rows in memory.
 */
export function changesView(database: string): string {
  return lines(
    `SELECT ${VIEW_COLUMNS.map(({ name }) => `"${name}"`).join(', ')}`,
    'FROM (',
    '  SELECT *, row_number() OVER (PARTITION BY account, "table", "date", event_id) AS delivery',
    `  FROM "${database}"."${DELIVERIES}"`,
    ')',
    'WHERE delivery = 1',
  );
}

/** Name of the saved query. A tenant is an account. */
export const CHANGES_PER_TENANT_PER_DAY = 'changes_per_tenant_per_day';

export function changesPerTenantPerDay(database: string): string {
  return lines(
    'SELECT account, "date",',
    '  count(*) AS changes,',
    "  sum(CASE WHEN event_name = 'INSERT' THEN 1 ELSE 0 END) AS inserted,",
    "  sum(CASE WHEN event_name = 'MODIFY' THEN 1 ELSE 0 END) AS modified,",
    "  sum(CASE WHEN event_name = 'REMOVE' THEN 1 ELSE 0 END) AS removed",
    `FROM "${database}"."${CHANGES}"`,
    "WHERE \"date\" >= date_format(date_add('day', -30, current_date), '%Y-%m-%d')",
    'GROUP BY account, "date"',
    'ORDER BY account, "date"',
  );
}
