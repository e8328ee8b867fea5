import type { Image } from '../lambda-src/runtime/stream-event';
import { arns, type TableName } from '../topology/arns';
import {
  makesFunction,
  type ResolvedConsumer,
  type ResolvedSubscription,
  type ResolvedTopology,
} from '../topology/resolve';
import { itemFor } from './items';
import type { KeyAttribute, TableSchema } from './table';

/** A table whose changes are played. */
export interface Producer {
  /** As actions name it: as the topology does, followed by the account where it is in several. */
  readonly name: string;
  /** As the topology names it. */
  readonly kind: string;
  readonly table: string;
  readonly schema: TableSchema;
  readonly subscriptions: readonly ResolvedSubscription[];
  /** Those of them that are enabled, and whose function can be run here. */
  readonly played: readonly ResolvedSubscription[];
  /** What each item of a scene has besides, as DynamoDB's JSON. */
  readonly attributes: Image;
}

/** The producers of a topology, one for each account. */
export function producersOf(topology: ResolvedTopology, attributes: Image = {}): Producer[] {
  const { producers, consumers, subscriptions } = topology;
  const canRun = new Set(consumers.filter(isOfNode).map(({ stackId }) => stackId));
  const withReaders = (
    producer: Pick<Producer, 'name' | 'kind' | 'table' | 'schema'>,
    reads: (subscription: ResolvedSubscription) => boolean,
  ): Producer => {
    const readers = subscriptions.filter(reads);
    const played = readers.filter(
      ({ enabled, consumerStackId }) => enabled && canRun.has(consumerStackId),
    );
    return { ...producer, subscriptions: readers, played, attributes };
  };
  const own = producers.map(({ name: kind, stackId, table, source }) =>
    withReaders(
      {
        name: stackId.replace(/^producer-/, ''),
        kind,
        table: source.name,
        schema: schemaOf(source, table.type === 'created' ? table : undefined),
      },
      ({ stream }) => 'producerStackId' in stream && stream.producerStackId === stackId,
    ),
  );
  const ofOthers = subscriptions.flatMap(({ stackId, consumerStackId, source, stream }) => {
    if (!('arn' in stream)) return [];
    const consumer = consumerStackId.replace(/^consumer-/, '');
    const name = stackId.slice('subscription-'.length, -consumer.length - 1);
    return withReaders(
      { name, kind: name, table: source.name, schema: schemaOf(source) },
      (other) => 'arn' in other.stream && other.stream.arn === stream.arn,
    );
  });
  return [...own, ...new Map(ofOthers.map((producer) => [producer.name, producer])).values()];
}

function isOfNode(consumer: ResolvedConsumer): boolean {
  return makesFunction(consumer) && consumer.function.runtime.startsWith('nodejs');
}

interface Declared {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  readonly streamViewType: TableSchema['viewType'];
}

/** @param declared left out where others made the table, which the topology says little of */
function schemaOf(source: TableName, declared?: Declared): TableSchema {
  return {
    streamArn: `${arns.streams(source)}2026-01-02T03:04:05.678`,
    key: declared && [declared.partitionKey, declared.sortKey].flatMap((key) => key ?? []),
    viewType: declared?.streamViewType ?? 'NEW_AND_OLD_IMAGES',
  };
}

/** The key of a table, or one for an item that is made here. */
export function keyOf({ schema }: Producer): readonly KeyAttribute[] {
  return schema.key ?? [{ name: 'Id', type: 'S' }];
}

/** An item with the key of a table, as it is written on the command line. */
export function exampleOf(producer: Producer): string {
  const key = keyOf(producer);
  const { before } = itemFor(key, { text: '1', number: 1 });
  const values = key.map(({ name, type }): [string, unknown] => {
    const value: unknown = Reflect.get(Object(before[name]), type);
    return [name, type === 'N' ? Number(value) : value];
  });
  return JSON.stringify(Object.fromEntries(values));
}
