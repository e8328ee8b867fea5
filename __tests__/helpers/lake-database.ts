import initSqlJs, { type Database } from 'sql.js';
import { CHANGES, changesView, DELIVERIES, VIEW_COLUMNS } from '../../constructs/lake/sql';

/** A line of an object of the lake, with the columns of its partition. */
export type Delivery = Readonly<Record<string, unknown>>;

/** SQLite with a lake, which is a database of this name: its deliveries, and the view that Athena has too. */
export async function openLake(name: string, deliveries: readonly Delivery[]): Promise<Database> {
  const { Database } = await initSqlJs();
  const lake = new Database();
  const columns = VIEW_COLUMNS.map((column) => column.name);
  lake.run(`ATTACH ':memory:' AS "${name}"`);
  lake.run(
    `CREATE TABLE "${name}".${DELIVERIES} (${columns.map((column) => `"${column}"`).join(', ')})`,
  );
  lake.run(`CREATE VIEW "${name}".${CHANGES} AS ${changesView(name)}`);
  const insert = lake.prepare(
    `INSERT INTO "${name}".${DELIVERIES} VALUES (${columns.map(() => '?').join(', ')})`,
  );
  for (const delivery of deliveries) insert.run(columns.map((column) => toSql(delivery[column])));
  insert.free();
  return lake;
}

/** The rows of a query, each by the names of its columns. */
export function rowsOf(lake: Database, sql: string): Delivery[] {
  const statement = lake.prepare(sql);
  const rows: Delivery[] = [];
  while (statement.step()) rows.push(statement.getAsObject());
  statement.free();
  return rows;
}

/** The changes that the lake's view makes of deliveries. */
export async function changesOf(deliveries: readonly Delivery[]): Promise<Delivery[]> {
  return rowsOf(await openLake('lake', deliveries), `SELECT * FROM lake.${CHANGES}`);
}

/** The partition of an object's key, `…date=1/account=2/table=3/…`. */
export function partitionOf(key: string): Delivery {
  return Object.fromEntries(
    ['date', 'account', 'table'].map((name) => [
      name,
      new RegExp(`/${name}=([^/]+)/`).exec(key)?.[1],
    ]),
  );
}

function toSql(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean' || typeof value === 'number') return Number(value);
  return String(value);
}
