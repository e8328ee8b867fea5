/**
 * What a record of a DynamoDB stream holds, as event filters see it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
import { arns, type TableName } from '../../../topology/arns';
import { type Declared, type Producer, tablesOf } from '../declared';
import type { Kind } from './operators';
import {
  BINARIES,
  keyValues,
  listed,
  NUMBERS,
  SEQUENCE_NUMBERS,
  SIZES,
  streamArns,
  TIMES,
  type Values,
} from './values';

export type Field = Leaf | Node;

/** A value that a filter compares: where a pattern has a list. */
export interface Leaf {
  readonly holds: Kind;
  /** What records of any table have. */
  readonly form?: Values;
  /** What records of this table have. */
  readonly here?: Values;
  /** Whether every record has it. */
  readonly always?: boolean;
}

/** What holds other fields: where a pattern has a mapping. */
export interface Node {
  /** What it is and what its fields are, for messages: `a stream record` has a `field`. */
  readonly what: string;
  readonly fields: string;
  readonly names?: readonly string[];
  /** Other names that people write, with what is right. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly field: (name: string) => Field | undefined;
  /** Why records of the table do not have it, and what to write. */
  readonly missing?: string;
  /** A pattern of it, for messages. */
  readonly example: string;
}

export const EVENT_NAMES = ['INSERT', 'MODIFY', 'REMOVE'];

/** Which records hold an image: those of these events, in streams with these view types. */
export const IMAGES: Readonly<
  Record<string, { readonly events: readonly string[]; readonly viewTypes: readonly string[] }>
> = {
  NewImage: { events: ['INSERT', 'MODIFY'], viewTypes: ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE'] },
  OldImage: { events: ['MODIFY', 'REMOVE'], viewTypes: ['NEW_AND_OLD_IMAGES', 'OLD_IMAGE'] },
};

export const VIEW_TYPES = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'];

/** A table that the topology makes. */
type Table = NonNullable<Producer['table']>;

/** Bytes of a partition key; a sort key has half of it. */
export const LONGEST_KEY = 2_048;

const TEXT: Leaf = { holds: 'text' };
const ALWAYS: Leaf = { holds: 'text', always: true };
const NUMBER: Leaf = { holds: 'text', form: NUMBERS };
const BINARY: Leaf = { holds: 'text', form: BINARIES };

/** DynamoDB's types; `M` and `L` hold more of them. Of a list and of a set a filter sees each element by itself. */
const VALUES: Readonly<Record<string, Leaf | undefined>> = {
  S: TEXT,
  N: NUMBER,
  B: BINARY,
  BOOL: { holds: 'true or false', form: listed([true, false]) },
  NULL: { holds: 'true or false', form: listed([true]) },
  M: undefined,
  L: undefined,
  SS: TEXT,
  NS: NUMBER,
  BS: BINARY,
};

export function streamRecord(producer: Producer | undefined, accounts: Declared['accounts']): Node {
  const table = producer?.table;
  const tables = producer && soundTables(producer, accounts);
  const regions = tables?.map(({ account }) => account.region);
  const inChina = tables?.some(({ account }) => account.partition === 'aws-cn');
  const dynamodb = node('dynamodb', '{ Keys: { Id: { S: [a] } } }', {
    ApproximateCreationDateTime: { holds: 'a number or text', here: TIMES },
    Keys: keysOf(table),
    NewImage: image('NewImage', table),
    OldImage: image('OldImage', table),
    SequenceNumber: { ...ALWAYS, here: SEQUENCE_NUMBERS },
    SizeBytes: { holds: 'a number', always: true, here: SIZES },
    StreamViewType: {
      ...ALWAYS,
      form: listed(VIEW_TYPES),
      here: table && listed([table.streamViewType]),
    },
  });
  return node('a stream record', '{ eventName: [INSERT] }', {
    awsRegion: { ...ALWAYS, here: regions && listed([...new Set(regions)]) },
    dynamodb,
    eventID: ALWAYS,
    eventName: { ...ALWAYS, form: listed(EVENT_NAMES) },
    eventSource: { ...ALWAYS, form: listed(['aws:dynamodb']) },
    eventSourceARN: { ...ALWAYS, here: tables && streamArns(tables.map(arns.streams)) },
    // Streams write 1.1, AWS's examples also have 1.0.
    eventVersion: { ...ALWAYS, here: listed(['1.1', '1.0']) },
    userIdentity: node('userIdentity', '{ type: [Service] }', {
      type: { holds: 'text', form: listed(['Service']) },
      principalId: inChina ? TEXT : { holds: 'text', here: listed(['dynamodb.amazonaws.com']) },
    }),
  });
}

/** The tables of a producer; nothing if the account of one is broken. */
function soundTables(producer: Producer, accounts: Declared['accounts']): TableName[] | undefined {
  const all = tablesOf(producer, accounts);
  const tables = all.flatMap(({ table }) => table ?? []);
  return tables.length === all.length ? tables : undefined;
}

function node(
  what: string,
  example: string,
  all: Readonly<Record<string, Field>>,
  fields = 'field',
) {
  const field = (name: string) => (Object.hasOwn(all, name) ? all[name] : undefined);
  return { what, fields, names: Object.keys(all), example, field };
}

/** Attributes by name, of which some may be known. */
function item(what: string, known: Readonly<Record<string, Field>> = {}): Node {
  const field = (name: string) =>
    Object.hasOwn(known, name) ? known[name] : attribute('an attribute');
  return { what, fields: 'attribute', example: '{ Status: { S: [open] } }', field };
}

function image(name: string, table?: Table): Node {
  const isThere = !table || IMAGES[name]?.viewTypes.includes(table.streamViewType);
  const missing = isThere
    ? undefined
    : `must not ask for ${name}, which records of a stream with ${table.streamViewType} do not hold; change streamViewType or the filter`;
  return { ...item(name, keyAttributes(table)), missing };
}

function keysOf(table?: Table): Node {
  if (!table) {
    const field = () => attribute('a key', ['S', 'N', 'B'], { longest: LONGEST_KEY });
    return { ...item('a key'), field };
  }
  const { name, type } = table.partitionKey;
  const known = keyAttributes(table, true);
  return node(`the key of ${table.name}`, `{ ${name}: { ${type}: [a] } }`, known, 'attribute');
}

function keyAttributes(table?: Table, always = false): Record<string, Node> {
  const { partitionKey, sortKey } = table ?? {};
  const known = [
    { key: partitionKey, longest: LONGEST_KEY },
    { key: sortKey, longest: LONGEST_KEY / 2 },
  ].flatMap(({ key, longest }) =>
    key ? [[key.name, attribute(`the key ${key.name}`, [key.type], { longest, always })]] : [],
  );
  return Object.fromEntries(known);
}

/**
 * The value of an attribute, below its type.
 *
 * @param key if the attribute is one of a key: its longest value in bytes, and whether all records have it
 */
function attribute(
  what: string,
  names: readonly string[] = Object.keys(VALUES),
  key?: { readonly longest: number; readonly always?: boolean },
): Node {
  const field = (name: string): Field | undefined => {
    if (!names.includes(name)) return undefined;
    if (name === 'M') return item('a map');
    if (name === 'L') return attribute('an element of a list');
    const leaf = VALUES[name];
    return leaf && key ? { ...leaf, always: key.always, here: keyValues(name, key.longest) } : leaf;
  };
  const aliases = { String: 'S', Number: 'N', Boolean: 'BOOL', Map: 'M', List: 'L' };
  return { what, fields: 'type', names, aliases, example: '{ S: [open] }', field };
}
