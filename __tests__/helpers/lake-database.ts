import initSqlJs from 'sql.js';
import { changesView, DELIVERIES, VIEW_COLUMNS } from '../../constructs/lake/sql';

/** A line of an object of the lake, with the columns of its partition. */
export type Delivery = Readonly<Record<string, unknown>>;

/** The changes that the lake's view makes of deliveries; SQLite evaluates its SQL. */
export async function changesOf(deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const { Database } = await initSqlJs();
  const database = new Database();
  const names = VIEW_COLUMNS.map(({ name }) => name);
  database.run(`ATTACH ':memory:' AS lake`);
  database.run(`CREATE TABLE lake.${DELIVERIES} (${names.map((name) => `"${name}"`).join(', ')})`);
  const insert = database.prepare(
    `INSERT INTO lake.${DELIVERIES} VALUES (${names.map(() => '?').join(', ')})`,
  );
  for (const delivery of deliveries) insert.run(names.map((name) => toSql(delivery[name])));
  const statement = database.prepare(changesView('lake'));
  const changes: Delivery[] = [];
  while (statement.step()) changes.push(statement.getAsObject());
  return changes;
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
  if (typeof value === 'boolean') return Number(value);
  return String(value);
}
