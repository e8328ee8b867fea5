import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { sortedKeys } from '../lambda-src/contract';
import type { Image, StreamRecord } from '../lambda-src/runtime/stream-event';
import { type Change, recordOf } from '../lambda-src/testing/to-record';
import { LONGEST_KEY } from '../load/checks/filters/record';
import { formatValue, UserError } from '../topology/problem';
import { requireSize, sizeOf, sizeOfValue, storedImage } from './item';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

/** A table, and what its stream writes. */
export interface TableSchema {
  readonly streamArn: string;
  /** Partition key, then sort key. Left out where others made the table: the first item says what it is. */
  readonly key?: readonly KeyAttribute[];
  readonly viewType: NonNullable<NonNullable<StreamRecord['dynamodb']>['StreamViewType']>;
}

/** What is kept of a table between runs. */
export interface TableState {
  readonly streamArn: string;
  key?: readonly KeyAttribute[];
  /** By key, as JSON. */
  items: Record<string, Image>;
  /** Number of the next record. */
  next: number;
  /** Those that a subscription may still have to read, with their numbers. */
  records: [number: number, record: StreamRecord][];
  /** Number of the record that a subscription reads next, by its stack. */
  positions: Record<string, number>;
}

/** The key of an item, and the record of what changed. */
export interface Written {
  readonly keys: Image;
  readonly record?: StreamRecord;
}

export const emptyState = ({ streamArn, key }: TableSchema): TableState => ({
  ...{ streamArn, key, items: {}, next: 0, records: [], positions: {} },
});

/**
 * A table with its stream. The stream has a record of each change, in order, and none of what changes nothing.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export class Table {
  constructor(
    readonly schema: TableSchema,
    readonly state = emptyState(schema),
    private readonly now = () => new Date(),
  ) {}

  /** Replaces the item of this key, or creates it. */
  put(item: object): Written {
    const image = storedImage(item);
    return this.write(this.keysOf(image), image);
  }

  /**
   * Sets each attribute of the item of this key, which is created where there is none. `null` is stored as DynamoDB's
   * NULL; to remove an attribute, put the item without it.
   */
  update(item: object): Written {
    const changed = storedImage(item);
    const keys = this.keysOf(changed);
    return this.write(keys, { ...this.state.items[idOf(keys)], ...changed });
  }

  /** @throws UserError if there is more than the key */
  delete(key: object): Written {
    const image = storedImage(key);
    const keys = this.keysOf(image);
    const other = Object.keys(image).find((name) => !Object.hasOwn(keys, name));
    if (other === undefined) return this.write(keys, undefined);
    const names = Object.keys(keys).join(' and ');
    throw new UserError(`${other} must be left out: what is deleted is named by its key, ${names}`);
  }

  /** A subscription reads from here on, unless it has read before. */
  subscribe(subscription: string, from: 'TRIM_HORIZON' | 'LATEST'): void {
    const { positions, next } = this.state;
    positions[subscription] ??= from === 'LATEST' ? next : 0;
  }

  /** Records that a subscription has still to read. */
  unread(subscription: string): StreamRecord[] {
    return this.after(subscription).map(([, record]) => record);
  }

  /** A subscription has read so many of them. */
  advance(subscription: string, count: number): void {
    const [number = this.state.next] = this.after(subscription)[count] ?? [];
    this.state.positions[subscription] = number;
  }

  private after(subscription: string): TableState['records'] {
    const from = this.state.positions[subscription] ?? 0;
    return this.state.records.filter(([number]) => number >= from);
  }

  private write(keys: Image, image: Image | undefined): Written {
    if (image) requireSize(image);
    const { state } = this;
    const id = idOf(keys);
    const old = state.items[id];
    if (isDeepStrictEqual(old, image)) return { keys };
    if (image) state.items[id] = image;
    else delete state.items[id];
    const record = this.record(keys, old, image);
    state.records.push([state.next, record]);
    state.next += 1;
    return { keys, record };
  }

  private record(Keys: Image, old: Image | undefined, image: Image | undefined): StreamRecord {
    const { viewType, streamArn } = this.schema;
    const images = {
      ...(image && /NEW/.test(viewType) && { NewImage: image }),
      ...(old && /OLD/.test(viewType) && { OldImage: old }),
    };
    const change = {
      ApproximateCreationDateTime: Math.floor(this.now().getTime() / 1_000),
      Keys,
      ...images,
      SizeBytes: [Keys, ...Object.values(images)].map(sizeOf).reduce((a, b) => a + b),
      StreamViewType: viewType,
    };
    const record = recordOf(eventNameOf(old, image), change, this.state.next, streamArn);
    const place = `${streamArn} ${record.dynamodb?.SequenceNumber}`;
    return { ...record, eventID: createHash('md5').update(place).digest('hex') };
  }

  private keysOf(image: Image): Image {
    this.state.key ??= keyOfFirst(image);
    const keys = this.state.key.map(({ name, type }, index): [string, Image[string]] => {
      const value = image[name];
      const [role, longest] = index === 0 ? ['partition', LONGEST_KEY] : ['sort', LONGEST_KEY / 2];
      const rule = `${name} must be the ${role} key of type ${type}`;
      if (value === undefined) throw new UserError(`${rule}, and is missing`);
      if (Reflect.get(value, type) === undefined) {
        throw new UserError(`${rule}, got ${formatValue(value)}`);
      }
      const bytes = sizeOfValue(value);
      if (bytes >= 1 && bytes <= longest) return [name, value];
      throw new UserError(`${rule}, of 1 to ${longest} bytes, got ${bytes}`);
    });
    return Object.fromEntries(keys);
  }
}

function eventNameOf(old: Image | undefined, image: Image | undefined): Change['eventName'] {
  if (!old) return 'INSERT';
  return image ? 'MODIFY' : 'REMOVE';
}

function idOf(keys: Image): string {
  return JSON.stringify(sortedKeys(keys));
}

/** The first attribute: nobody says what the key of a table of others is. */
function keyOfFirst(image: Image): KeyAttribute[] {
  const [[name, value] = ['', {}]] = Object.entries(image);
  const [type = ''] = Object.keys(value);
  if (type === 'S' || type === 'N' || type === 'B') return [{ name, type }];
  throw new UserError(
    `an item must begin with its partition key, which is text, a number or bytes, got ${formatValue({ [name]: value })}`,
  );
}
