import type { Image } from '../lambda-src/runtime/stream-event';
import { few } from '../review/lists';
import { STREAM_LABEL } from '../review/read/attributes';
import { arns } from '../topology/arns';
import { didYouMean, UserError } from '../topology/problem';
import {
  makesFunction,
  type ResolvedConsumer,
  type ResolvedProducer,
  type ResolvedSubscription,
  type ResolvedTopology,
  type TableReference,
} from '../topology/resolve';
import { itemFor } from './items';
import type { KeyAttribute, TableSchema } from './table';

/** A table whose changes are played. */
export interface Producer {
  /** As actions name it: as the topology does, followed by the account where it is in several. */
  readonly name: string;
  /** As the topology names it. */
  readonly kind: string;
  /** Empty where the stream is that of others. */
  readonly stackId: string;
  readonly source: TableReference;
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
    producer: Pick<Producer, 'name' | 'kind' | 'stackId' | 'source' | 'schema'>,
    reads: (subscription: ResolvedSubscription) => boolean,
  ): Producer => {
    const readers = subscriptions.filter(reads);
    const played = readers.filter(
      ({ enabled, consumerStackId }) => enabled && canRun.has(consumerStackId),
    );
    return { ...producer, subscriptions: readers, played, attributes };
  };
  const own = producers.map((producer) => {
    const { name: kind, stackId, source } = producer;
    const name = stackId.replace(/^producer-/, '');
    return withReaders(
      { name, kind, stackId, source, schema: schemaOf(producer) },
      ({ stream }) => 'producerStackId' in stream && stream.producerStackId === stackId,
    );
  });
  const ofOthers = subscriptions.flatMap(({ stackId, consumerStackId, source, stream }) => {
    if (!('arn' in stream)) return [];
    const consumer = consumerStackId.replace(/^consumer-/, '');
    const name = stackId.slice('subscription-'.length, -consumer.length - 1);
    return withReaders(
      { name, kind: name, stackId: '', source, schema: unknownSchema(stream.arn) },
      (other) => 'arn' in other.stream && other.stream.arn === stream.arn,
    );
  });
  return [...own, ...new Map(ofOthers.map((producer) => [producer.name, producer])).values()];
}

/**
 * @param name left out, the only one is meant
 * @throws UserError that lists those that there are
 */
export function producerNamed<P extends Pick<Producer, 'name'>>(
  name: string | undefined,
  producers: readonly P[],
): P {
  const named = producers.filter((each) => name === undefined || each.name === name);
  const [only, ...others] = named;
  if (only && others.length === 0) return only;
  const names = producers.map((each) => each.name);
  const wrong =
    name === undefined
      ? 'the producer is missing; '
      : `there is no producer ${name}; ${didYouMean(name, names)}`;
  throw new UserError(`${wrong}the topology has ${few(names, 10)}`);
}

/** @throws UserError with the place in front of what is wrong there */
export function placed<T>(place: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${place} ${error.message}`);
  }
}

function isOfNode(consumer: ResolvedConsumer): boolean {
  return makesFunction(consumer) && consumer.function.runtime.startsWith('nodejs');
}

function schemaOf({ table, source }: ResolvedProducer): TableSchema {
  const streamArn = `${arns.streams(source)}${STREAM_LABEL}`;
  if (table.type !== 'created') return unknownSchema(streamArn);
  const { partitionKey, sortKey, streamViewType: viewType } = table;
  return { streamArn, key: sortKey ? [partitionKey, sortKey] : [partitionKey], viewType };
}

/** Of a table of others nobody says what its key is, nor what its stream shows. */
function unknownSchema(streamArn: string): TableSchema {
  return { streamArn, viewType: 'NEW_AND_OLD_IMAGES' };
}

/** Of an item that is made here, where nobody knows the key of the table. */
export const UNKNOWN_KEY: readonly KeyAttribute[] = [{ name: 'Id', type: 'S' }];

/** An item with the key of a table, as it is written on the command line. */
export function exampleOf(key = UNKNOWN_KEY): string {
  const { before } = itemFor(key, { text: '1', number: 1 });
  const values = key.map(({ name, type }): [string, unknown] => {
    const value: unknown = Reflect.get(Object(before[name]), type);
    return [name, type === 'N' ? Number(value) : value];
  });
  return JSON.stringify(Object.fromEntries(values));
}
