import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { writing } from '../topology/paths';
import { UserError } from '../topology/problem';
import type { Producer } from './producers';
import { emptyState, Table, type TableState } from './table';

/** Seconds for which DynamoDB keeps a record. */
const DAY = 24 * 60 * 60;

/** What other programs could write into a file of a table. */
const tableState = z.object({
  streamArn: z.string(),
  key: z.array(z.object({ name: z.string(), type: z.enum(['S', 'N', 'B']) })).optional(),
  items: z.record(z.string(), z.looseObject({})),
  next: z.int(),
  records: z.array(z.tuple([z.int(), z.looseObject({})])),
  positions: z.record(z.string(), z.int()),
});

type Named = Pick<Producer, 'name' | 'schema'>;

/** The tables of a play, as files of a folder or in memory. */
export class Tables {
  private readonly tables = new Map<string, Table>();

  /** @param folder where they are kept; none: they are empty, and gone at the end */
  constructor(
    private readonly folder: string | undefined,
    private readonly now = () => new Date(),
  ) {}

  /** @throws UserError if its file cannot be read */
  get(part: Named): Table {
    const known = this.tables.get(part.name);
    if (known) return known;
    const table = new Table(part.schema, this.read(part), this.now);
    this.tables.set(part.name, table);
    return table;
  }

  /** @throws UserError if a file cannot be written */
  save(): void {
    const { folder } = this;
    if (folder === undefined) return;
    writing('tables', folder, () => {
      mkdirSync(folder, { recursive: true });
      for (const [name, { state }] of this.tables) {
        writeFileSync(this.fileOf(name), JSON.stringify(state, null, 1));
      }
    });
  }

  private fileOf(name: string): string {
    return path.join(this.folder ?? '', `${name}.json`);
  }

  private read({ name, schema }: Named): TableState {
    const file = this.fileOf(name);
    if (this.folder === undefined || !existsSync(file)) return emptyState(schema);
    const state = parse(file);
    const isSame =
      state.streamArn === schema.streamArn &&
      (schema.key === undefined || isDeepStrictEqual(state.key, schema.key));
    // One with another name or key is another table.
    if (!isSame) return emptyState(schema);
    const oldest = this.now().getTime() / 1_000 - DAY;
    const isThere = ([, { dynamodb }]: TableState['records'][number]) =>
      (dynamodb?.ApproximateCreationDateTime ?? 0) >= oldest;
    return { ...state, records: state.records.filter(isThere) };
  }
}

function parse(file: string): TableState {
  try {
    return tableState.parse(JSON.parse(readFileSync(file, 'utf8'))) as TableState;
  } catch {
    throw new UserError(`${file} is not a table as npm run local keeps it; delete it`);
  }
}
