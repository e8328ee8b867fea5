import { arns } from '../topology/arns';
import type { ResolvedProducer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { type Condition, condition, type Statement } from './statement';

/** A stream's ARN ends with the time the stream was made. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/**
 * One for all readers, since a stream has one policy. Empty if there are none.
 *
 * @param streamArn default: one of the same length, before the stream exists
 */
export function streamPolicy(
  producer: ResolvedProducer,
  streamArn = `${arns.streams(producer.source)}${STREAM_LABEL}`,
): Statement[] {
  return allow(producer, 'AllowCrossAccountStreamAccess', ACTIONS.readStream, [streamArn]);
}

/** For the readers that read the table itself as well. Empty if there are none. */
export function tablePolicy({ readers, ...producer }: ResolvedProducer): Statement[] {
  const ofTable = { ...producer, readers: readers.filter(({ readTable }) => readTable) };
  const resources = arns.tableAndIndexes(producer.source);
  return allow(ofTable, 'AllowCrossAccountTableReads', ACTIONS.readTable, resources);
}

function allow(
  producer: ResolvedProducer,
  sid: string,
  actions: string[],
  resources: string[],
): Statement[] {
  if (producer.readers.length === 0) return [];
  const { principals, condition } = readerPrincipals(producer);
  const { conditions } = producer.streamPolicy;
  return [{ sid, principals, actions, resources, condition: [...condition, ...conditions] }];
}

/**
 * The readers of a stream as a resource-based policy names them: their roles, or the roots of their
 * accounts, narrowed down to the same roles by a condition.
 */
export function readerPrincipals({ readers, streamPolicy }: ResolvedProducer): {
  principals: Statement['principals'];
  condition: Condition[];
} {
  const named = streamPolicy.principal === 'role';
  const roleArns = readers.map(({ roleArn }) => roleArn);
  const roots = readers.map(({ account }) => arns.root(account));
  return {
    principals: [{ type: 'AWS', identifiers: named ? roleArns : [...new Set(roots)] }],
    condition: named ? [] : [condition('ArnEquals', 'aws:PrincipalArn', ...roleArns)],
  };
}
