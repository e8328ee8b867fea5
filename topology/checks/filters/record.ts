/**
 * What a record of a DynamoDB stream holds, as event filters see it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
import type { Topology } from '../../schema';

export type Field = Leaf | Node;

/** A value that a filter compares: where a pattern has a list. */
export interface Leaf {
  readonly holds: 'text' | 'number' | 'number or text' | 'flag';
  /** All values there are. */
  readonly only?: readonly (string | boolean)[];
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

/** A table that the topology makes. */
export type Table = NonNullable<Topology['producers'][string]['table']>;

const TEXT: Leaf = { holds: 'text' };
const ALWAYS: Leaf = { holds: 'text', always: true };
const NUMBER: Leaf = { holds: 'text', form: { name: 'a number', of: asDynamoDbWritesIt } };
const BINARY: Leaf = { holds: 'text', form: { name: 'Base64', of: asBase64 } };

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

/** @param table the table, if the topology makes it */
export function streamRecord(table: Table | undefined): Node {
  const keyTypes = Object.fromEntries(
    [table?.partitionKey, table?.sortKey].flatMap((key) => (key ? [[key.name, key.type]] : [])),
  );
  const viewType: Leaf = table ? { ...ALWAYS, only: [table.streamViewType] } : ALWAYS;
  const userIdentity = node('userIdentity', '{ type: [Service] }', {
    type: { holds: 'text', only: ['Service'] },
    principalId: TEXT,
  });
  const dynamodb = node('dynamodb', '{ Keys: { Id: { S: [a] } } }', {
    ApproximateCreationDateTime: { holds: 'number or text' },
    Keys: table ? keyOf(table, keyTypes) : item('a key', {}, ['S', 'N', 'B']),
    NewImage: image('NewImage', keyTypes, table),
    OldImage: image('OldImage', keyTypes, table),
    SequenceNumber: ALWAYS,
    SizeBytes: { holds: 'number', always: true },
    StreamViewType: viewType,
  });
  const aliases = {
    ...{ body: 'dynamodb', data: 'dynamodb', detail: 'dynamodb' },
    ...Object.fromEntries(dynamodb.names.map((name) => [name, `dynamodb: { ${name}: … }`])),
  };
  return {
    ...node('a stream record', '{ eventName: [INSERT] }', {
      awsRegion: ALWAYS,
      dynamodb,
      eventID: ALWAYS,
      eventName: { ...ALWAYS, only: EVENT_NAMES },
      eventSource: { ...ALWAYS, only: ['aws:dynamodb'] },
      eventSourceARN: ALWAYS,
      eventVersion: ALWAYS,
      userIdentity,
    }),
    aliases,
  };
}

function node(what: string, example: string, all: Readonly<Record<string, Field>>) {
  const field = (name: string) => (Object.hasOwn(all, name) ? all[name] : undefined);
  return { what, fields: 'field', names: Object.keys(all), example, field };
}

/** Attributes by name, of which those of the table's key have one type. */
function item(
  what: string,
  keyTypes: Readonly<Record<string, string>>,
  types = Object.keys(TYPES),
): Node {
  const field = (name: string) =>
    Object.hasOwn(keyTypes, name)
      ? attribute(`the key ${name}`, [keyTypes[name] ?? ''])
      : attribute('an attribute', types);
  return { what, fields: 'attribute', example: '{ Status: { S: [open] } }', field };
}

function image(name: string, keyTypes: Readonly<Record<string, string>>, table?: Table): Node {
  const isThere = !table || IMAGES[name]?.viewTypes.includes(table.streamViewType);
  const missing = isThere
    ? undefined
    : `must not ask for ${name}, which records of a stream with ${table.streamViewType} do not hold; change streamViewType or the filter`;
  return { ...item(name, keyTypes), missing };
}

function keyOf(table: Table, keyTypes: Readonly<Record<string, string>>): Node {
  const names = Object.keys(keyTypes);
  const field = (name: string) =>
    names.includes(name) ? attribute(`the key ${name}`, [keyTypes[name] ?? ''], true) : undefined;
  const example = `{ ${names[0]}: { ${table.partitionKey.type}: [a] } }`;
  return { what: `the key of ${table.name}`, fields: 'attribute', names, example, field };
}

/** The value of an attribute, below its type. */
function attribute(what: string, names: readonly string[], always = false): Node {
  const field = (name: string) => {
    const found = names.includes(name) ? TYPES[name]?.() : undefined;
    return found && always ? { ...found, always } : found;
  };
  const aliases = { String: 'S', Number: 'N', Boolean: 'BOOL', Map: 'M', List: 'L' };
  return { what, fields: 'type', names, aliases, example: '{ S: [open] }', field };
}

/**
 * DynamoDB trims zeros, so that a number has one form. Exponents are left as they are.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
function asDynamoDbWritesIt(text: string): string | undefined {
  const [all, sign, whole, fraction = ''] = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  if (all === undefined) return /^-?\d+(\.\d+)?[eE][+-]?\d+$/.test(text) ? text : undefined;
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function asBase64(text: string): string | undefined {
  return Buffer.from(text, 'base64').toString('base64') === text ? text : undefined;
}
