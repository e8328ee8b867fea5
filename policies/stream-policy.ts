import { arns } from '../topology/arns';
import type { ResolvedProducer } from '../topology/resolve';
import { READ_STREAM } from './actions';
import { type Condition, condition, renderPolicy, type Statement } from './statement';

/** A stream's ARN ends with the time the stream was made. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/**
 * The policy of a stream: its readers may read it, and nobody else.
 *
 * @param streamArn ARN of the stream, the only resource
 * @param roleArns execution roles of all subscribed consumers; one document names them all, since
 *   a stream has one policy
 */
export function streamPolicy(
  producer: ResolvedProducer,
  streamArn: string,
  roleArns: readonly string[],
): Statement[] {
  const readers = readerPrincipals(producer, roleArns);
  return [
    {
      sid: 'AllowCrossAccountStreamAccess',
      principals: readers.principals,
      actions: READ_STREAM,
      resources: [streamArn],
      condition: [...readers.condition, ...producer.streamPolicy.conditions],
    },
  ];
}

/**
 * Bytes of the policy, for validation before the stream exists.
 *
 * @param indent spaces of a level of the document, which count
 */
export function streamPolicySize(producer: ResolvedProducer, indent = 0): number {
  const streamArn = `${arns.streams(producer.source)}${STREAM_LABEL}`;
  const roleArns = producer.readers.map(({ roleArn }) => roleArn);
  return Buffer.byteLength(renderPolicy(streamPolicy(producer, streamArn, roleArns), indent));
}

/**
 * The readers of a stream as a resource-based policy names them: their roles, or the roots of their
 * accounts, narrowed down to the same roles by a condition.
 */
export function readerPrincipals(
  { readers, streamPolicy }: ResolvedProducer,
  roleArns: readonly string[],
): { principals: Statement['principals']; condition: Condition[] } {
  if (streamPolicy.principal === 'role') {
    return { principals: [{ type: 'AWS', identifiers: [...roleArns] }], condition: [] };
  }
  const roots = readers.map(({ account }) => arns.root(account));
  return {
    principals: [{ type: 'AWS', identifiers: [...new Set(roots)] }],
    condition: [condition('ArnEquals', 'aws:PrincipalArn', ...roleArns)],
  };
}
