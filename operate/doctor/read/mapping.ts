import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { ResolvedSubscription } from '../../../topology/resolve';
import { type Found, isFound, type Reader } from './reader';
import type { StackState } from './states';

/** The event source mapping of the stack's state; of a stack that is not deployed nothing is known. */
export async function readMapping(
  reader: Reader,
  { stackId: stack }: ResolvedSubscription,
  stackState: StackState | undefined,
): Promise<Found<EventSourceMappingConfiguration>> {
  const { state = 'unknown' } = stackState ?? {};
  const UUID = isFound(state) ? state.outputs.event_source_mapping_uuid : undefined;
  if (typeof UUID !== 'string') return 'unknown';
  const question = { action: 'lambda:GetEventSourceMapping', stack, part: 'mapping' };
  return reader.ask(question, ({ lambda }, options) =>
    lambda.send(new GetEventSourceMappingCommand({ UUID }), options),
  );
}
