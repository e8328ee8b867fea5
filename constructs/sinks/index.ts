import type { Construct } from 'constructs';
import type { ResolvedConsumer } from '../../topology/resolve';
import type { ResolvedSink } from '../../topology/sinks';
import { ChangeLake } from './s3';
import type { SinkResources } from './sink';

type CreateSink<S> = (scope: Construct, sink: S, consumer: ResolvedConsumer) => SinkResources;

const SINKS = {
  log: () => ({ grants: [], references: {} }),
  s3: (scope, lake, consumer) => new ChangeLake(scope, 'lake', lake, consumer),
} satisfies { readonly [S in ResolvedSink as S['type']]: CreateSink<S> };

export function createSink(scope: Construct, consumer: ResolvedConsumer): SinkResources {
  const create = SINKS[consumer.sink.type] as CreateSink<ResolvedSink>;
  return create(scope, consumer.sink, consumer);
}
