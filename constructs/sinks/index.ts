import type { Construct } from 'constructs';
import type { Statement } from '../../policies/statement';
import type { ResolvedConsumer } from '../../topology/resolve';
import type { ResolvedSink } from '../../topology/sinks';
import { createLake } from './s3';

export interface SinkResources {
  /** What its role may do. */
  readonly grants: readonly Statement[];
  /** Variables that refer to the resources; they win over those of the settings. */
  readonly references: Readonly<Record<string, string>>;
}

type CreateSink<S> = (
  stack: Construct,
  sink: S,
  consumer: ResolvedConsumer,
  kmsKeyArn?: string,
) => SinkResources;

const SINKS = {
  log: () => ({ grants: [], references: {} }),
  s3: createLake,
} satisfies { readonly [S in ResolvedSink as S['type']]: CreateSink<S> };

/** @param kmsKeyArn customer managed key of what the consumer keeps, if it has one */
export function createSink(
  stack: Construct,
  consumer: ResolvedConsumer,
  kmsKeyArn?: string,
): SinkResources {
  const create = SINKS[consumer.sink.type] as CreateSink<ResolvedSink>;
  return create(stack, consumer.sink, consumer, kmsKeyArn);
}
