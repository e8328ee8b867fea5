import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { arns } from '../../../topology/arns';
import type { ResolvedConsumer, ResolvedSubscription } from '../../../topology/resolve';
import { type Found, isFound, type Reader } from './reader';
import type { StackState } from './states';

type Mapping = EventSourceMappingConfiguration;

/**
 * The event source mapping of the stack's state. Without a state it is one that exists, if there is one; else nothing
 * is known.
 *
 * @param existing all mappings of the function
 */
export async function readMapping(
  reader: Reader,
  { stackId: stack, source }: ResolvedSubscription,
  stackState: StackState | undefined,
  existing: Found<readonly Mapping[]>,
): Promise<Found<Mapping>> {
  const { state = 'unknown' } = stackState ?? {};
  if (state === 'absent') {
    const isOurs = ({ EventSourceArn = '' }: Mapping) =>
      EventSourceArn.startsWith(arns.streams(source));
    return (isFound(existing) && existing.find(isOurs)) || 'unknown';
  }
  const UUID = isFound(state) ? state.outputs.event_source_mapping_uuid : undefined;
  if (typeof UUID !== 'string') return 'unknown';
  const question = { action: 'lambda:GetEventSourceMapping', stack, part: 'mapping' };
  return reader.ask(question, ({ lambda }, options) =>
    lambda.send(new GetEventSourceMappingCommand({ UUID }), options),
  );
}

/** All mappings of a function. */
export function listMappings(
  reader: Reader,
  { stackId: stack, account, function: { name } }: ResolvedConsumer,
): Promise<Found<Mapping[]>> {
  const input = { FunctionName: arns.function(account, name) };
  return reader.list(
    { action: 'lambda:ListEventSourceMappings', stack, part: 'mappings' },
    ({ lambda: client }, options) => paginateListEventSourceMappings({ client }, input, options),
    ({ EventSourceMappings }) => EventSourceMappings,
  );
}
