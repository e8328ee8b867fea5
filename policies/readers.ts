import { arns } from '../topology/arns';
import type { ResolvedProducer, StreamPolicy } from '../topology/resolve';
import type { Condition, Statement } from './statement';

/** A producer, as far as its policies go. */
export type ReadProducer = Pick<ResolvedProducer, 'readers'> & {
  readonly streamPolicy: Omit<StreamPolicy, 'managed'>;
};

/**
 * The readers of a stream as a resource-based policy names them: their roles, or the roots of their
 * accounts, narrowed down to the same roles by a condition.
 */
export function readerPrincipals(
  { readers, streamPolicy }: ReadProducer,
  roleArns: readonly string[],
): { principals: Statement['principals']; condition: Condition[] } {
  if (streamPolicy.principal === 'role') {
    return { principals: [{ type: 'AWS', identifiers: [...roleArns] }], condition: [] };
  }
  const roots = readers.map(({ account }) => arns.root(account));
  return {
    principals: [{ type: 'AWS', identifiers: [...new Set(roots)] }],
    condition: [{ test: 'ArnEquals', variable: 'aws:PrincipalArn', values: [...roleArns] }],
  };
}
