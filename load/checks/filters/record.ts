/**
 * What a record of a DynamoDB stream holds, as event filters see it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
import { arns, partitionOf } from '../../../topology/arns';
import { producerAccounts } from '../../../topology/names';
import type { TableReference } from '../../../topology/resolve';
import type { Topology } from '../../../topology/schema';
import { at, type Declared } from '../declared';
import {
  asBase64,
  asDynamoDbWritesIt,
  BINARIES,
  keyValues,
  NUMBERS,
  type Range,
  SEQUENCE_NUMBERS,
  SIZES,
  streamArns,
  type Texts,
  TIMES,
  TIMES_AS_TEXT,
} from './values';

export type Field = Leaf | Node;

/** A value that a filter compares: where a pattern has a list. */
export interface Leaf {
  readonly holds: 'text' | 'number' | 'number or text' | 'flag';
  /** All values there are. */
  readonly only?: readonly (string | boolean)[];
  /** Those of the table's records, if not all. */
  readonly here?: readonly (string | boolean)[];
  /** Texts and numbers there are, if they are too many to list. */
  readonly texts?: Texts;
  readonly range?: Range;
  /** How records write it: what it is called, and a text in that form if there is one. */
  readonly form?: { readonly name: string; readonly of: (text: string) => string | undefined };
  /** Whether every record has it. */
  readonly always?: boolean;
}

/** What holds other fields: where a pattern has a mapping. */
export interface Node {
  /** What it is and what its fields are, for messages: `a stream record` has a `field`. */
  readonly what: string;
  readonly fields: string;
  /** Names of all its fields, if they are known. */
  readonly names?: readonly string[];
  /** Other names that people write, with the right ones. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly field: (name: string) => Field | undefined;
  /** Why records of the table do not have it, and what to write. */
  readonly missing?: string;
  /** A pattern of it, for messages. */
  readonly example: string;
}

export const EVENT_NAMES = ['INSERT', 'MODIFY', 'REMOVE'] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/** Which records hold an image: those of these events, in streams with these view types. */
export const IMAGES: Readonly<
  Record<string, { readonly events: readonly EventName[]; readonly viewTypes: readonly string[] }>
> = {
  NewImage: { events: ['INSERT', 'MODIFY'], viewTypes: ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE'] },
  OldImage: { events: ['MODIFY', 'REMOVE'], viewTypes: ['NEW_AND_OLD_IMAGES', 'OLD_IMAGE'] },
};

export const VIEW_TYPES = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const;

type Producer = Topology['producers'][string];

/** A table that the topology makes. */
type Table = NonNullable<Producer['table']>;

/** Bytes of a partition key; a sort key has half of it. */
const LONGEST_KEY = 2_048;

/** The key of a table: the type of each attribute, and its longest value in bytes. */
type Key = Readonly<Record<string, { readonly type: string; readonly longest: number }>>;

const TEXT: Leaf = { holds: 'text' };
const ALWAYS: Leaf = { holds: 'text', always: true };
const NUMBER: Leaf = {
  holds: 'text',
  form: { name: 'a number', of: asDynamoDbWritesIt },
  texts: NUMBERS,
};
const BINARY: Leaf = { holds: 'text', form: { name: 'Base64', of: asBase64 }, texts: BINARIES };

/** DynamoDB's types. Of a list and of a set a filter sees each element by itself. */
const TYPES: Readonly<Record<string, () => Field>> = {
  S: () => TEXT,
  N: () => NUMBER,
  B: () => BINARY,
  BOOL: () => ({ holds: 'flag' }),
  NULL: () => ({ holds: 'flag', only: [true] }),
  M: () => item('a map', {}),
  L: () => attribute('an element of a list', Object.keys(TYPES)),
  SS: () => TEXT,
  NS: () => NUMBER,
  BS: () => BINARY,
};

/** @param producer of the table, if it is sound */
export function streamRecord(producer: Producer | undefined, accounts: Declared['accounts']): Node {
  const table = producer?.table;
  const key = keyAttributes(table);
  const tables = tablesOf(producer, accounts);
  const viewType: Leaf = { ...ALWAYS, only: VIEW_TYPES, here: table && [table.streamViewType] };
  const inChina = tables?.some(({ account }) => account.partition === 'aws-cn');
  const userIdentity = node('userIdentity', '{ type: [Service] }', {
    type: { holds: 'text', only: ['Service'] },
    principalId: inChina ? TEXT : { holds: 'text', here: ['dynamodb.amazonaws.com'] },
  });
  const dynamodb = node('dynamodb', '{ Keys: { Id: { S: [a] } } }', {
    ApproximateCreationDateTime: { holds: 'number or text', range: TIMES, texts: TIMES_AS_TEXT },
    Keys: table ? keyOf(table, key) : anyKey(),
    NewImage: image('NewImage', key, table),
    OldImage: image('OldImage', key, table),
    SequenceNumber: { ...ALWAYS, texts: SEQUENCE_NUMBERS },
    SizeBytes: { holds: 'number', always: true, range: SIZES },
    StreamViewType: viewType,
  });
  const aliases = {
    ...{ body: 'dynamodb', data: 'dynamodb', detail: 'dynamodb' },
    ...Object.fromEntries(dynamodb.names.map((name) => [name, `dynamodb: { ${name}: … }`])),
  };
  return {
    ...node('a stream record', '{ eventName: [INSERT] }', {
      awsRegion: { ...ALWAYS, here: tables && regionsOf(tables) },
      dynamodb,
      eventID: ALWAYS,
      eventName: { ...ALWAYS, only: EVENT_NAMES },
      eventSource: { ...ALWAYS, only: ['aws:dynamodb'] },
      eventSourceARN: { ...ALWAYS, texts: tables && streamArns(tables.map(arns.streams)) },
      // Streams write 1.1, AWS's examples also have 1.0.
      eventVersion: { ...ALWAYS, here: ['1.1', '1.0'] },
      userIdentity,
    }),
    aliases,
  };
}

/** The attributes of the key of a table that the topology makes. */
export function keyAttributes(table: Table | undefined): Key {
  const { partitionKey, sortKey } = table ?? {};
  return {
    ...(partitionKey && { [partitionKey.name]: { type: partitionKey.type, longest: LONGEST_KEY } }),
    ...(sortKey && { [sortKey.name]: { type: sortKey.type, longest: LONGEST_KEY / 2 } }),
  };
}

/** The tables of a producer, one in each of its accounts; nothing if one of these is broken. */
function tablesOf(
  producer: Producer | undefined,
  accounts: Declared['accounts'],
): TableReference[] | undefined {
  const { name } = producer?.table ?? producer?.existingTable ?? {};
  if (!producer || name === undefined) return undefined;
  const tables = producerAccounts(producer).flatMap(({ account: accountName }) => {
    const account = at(accounts, accountName);
    if (!account) return [];
    const partition = partitionOf(account.region);
    return [{ account: { ...account, partition }, name, encryption: 'aws-owned' as const }];
  });
  const isWhole = tables.length === producerAccounts(producer).length && tables.length > 0;
  return isWhole ? tables : undefined;
}

function regionsOf(tables: readonly TableReference[]): string[] {
  return [...new Set(tables.map(({ account }) => account.region))];
}

function node(what: string, example: string, all: Readonly<Record<string, Field>>) {
  const field = (name: string) => (Object.hasOwn(all, name) ? all[name] : undefined);
  return { what, fields: 'field', names: Object.keys(all), example, field };
}

/** Attributes by name, of which those of the table's key have one type. */
function item(what: string, key: Key): Node {
  const field = (name: string) =>
    Object.hasOwn(key, name)
      ? keyAttribute(name, key)
      : attribute('an attribute', Object.keys(TYPES));
  return { what, fields: 'attribute', example: '{ Status: { S: [open] } }', field };
}

function image(name: string, key: Key, table?: Table): Node {
  const isThere = !table || IMAGES[name]?.viewTypes.includes(table.streamViewType);
  const missing = isThere
    ? undefined
    : `must not ask for ${name}, which records of a stream with ${table.streamViewType} do not hold; change streamViewType or the filter`;
  return { ...item(name, key), missing };
}

function keyOf(table: Table, key: Key): Node {
  const names = Object.keys(key);
  const field = (name: string) =>
    names.includes(name) ? keyAttribute(name, key, true) : undefined;
  const example = `{ ${names[0]}: { ${table.partitionKey.type}: [a] } }`;
  return { what: `the key of ${table.name}`, fields: 'attribute', names, example, field };
}

function keyAttribute(name: string, key: Key, always = false): Node {
  const { type = '', longest = LONGEST_KEY } = key[name] ?? {};
  return attribute(`the key ${name}`, [type], { longest, always });
}

/** The key of a table that the topology does not make. */
function anyKey(): Node {
  const field = () => attribute('a key', ['S', 'N', 'B'], { longest: LONGEST_KEY, always: false });
  return { ...item('a key', {}), field };
}

/**
 * The value of an attribute, below its type.
 *
 * @param key if the attribute is one of a key: its longest value in bytes, and whether all records have it
 */
function attribute(
  what: string,
  names: readonly string[],
  key?: { readonly longest: number; readonly always: boolean },
): Node {
  const field = (name: string) => {
    const found = names.includes(name) ? TYPES[name]?.() : undefined;
    if (!found || !key || !('holds' in found)) return found;
    return { ...found, always: key.always, texts: keyValues(name, key.longest) ?? found.texts };
  };
  const aliases = { String: 'S', Number: 'N', Boolean: 'BOOL', Map: 'M', List: 'L' };
  return { what, fields: 'type', names, aliases, example: '{ S: [open] }', field };
}
