import { arns } from '../topology/arns';
import type { ResolvedProducer } from '../topology/resolve';
import { ACTIONS } from './actions';
import { type Condition, condition, renderPolicy, type Statement } from './statement';

/** A stream's ARN ends with the time the stream was made. */
const STREAM_LABEL = '2026-01-01T00:00:00.000';

/** @param roleArns execution roles of all subscribed consumers, since a stream has one policy */
export function streamPolicy(
  producer: ResolvedProducer,
  streamArn: string,
  roleArns: readonly string[],
): Statement[] {
  const { principals, condition } = readerPrincipals(producer, roleArns);
  return [
    {
      sid: 'AllowCrossAccountStreamAccess',
      principals,
      actions: ACTIONS.readStream,
      resources: [streamArn],
      condition: [...condition, ...producer.streamPolicy.conditions],
    },
  ];
}

/** For the readers that read the table itself as well. Empty if there are none. */
export function tablePolicy(producer: ResolvedProducer): Statement[] {
  const readers = producer.readers.filter(({ readTable }) => readTable);
  if (readers.length === 0) return [];
  const roleArns = readers.map(({ roleArn }) => roleArn);
  const { principals, condition } = readerPrincipals({ ...producer, readers }, roleArns);
  return [
    {
      sid: 'AllowCrossAccountTableReads',
      principals,
      actions: ACTIONS.readTable,
      resources: arns.tableAndIndexes(producer.source),
      condition: [...condition, ...producer.streamPolicy.conditions],
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

/** The same of the table's policy. */
export function tablePolicySize(producer: ResolvedProducer, indent = 0): number {
  return Buffer.byteLength(renderPolicy(tablePolicy(producer), indent));
}

/**
 * The readers of a stream as a resource-based policy names them: their roles, or the roots of their
 * accounts, narrowed down to the same roles by a condition.
 */
export function readerPrincipals(
  { readers, streamPolicy }: ResolvedProducer,
  roleArns: readonly string[],
): { principals: Statement['principals']; condition: Condition[] } {
  const named = streamPolicy.principal === 'role';
  const roots = readers.map(({ account }) => arns.root(account));
  return {
    principals: [{ type: 'AWS', identifiers: named ? [...roleArns] : [...new Set(roots)] }],
    condition: named ? [] : [condition('ArnEquals', 'aws:PrincipalArn', ...roleArns)],
  };
}
