import type { ResolvedProducer } from '../topology/resolve';
import type { Condition, Statement } from './statement';

/**
 * The readers of a stream as a resource-based policy names them: their roles, or the roots of their
 * accounts, narrowed down to the same roles by a condition.
 */
export function readerPrincipals(
  { readers, streamPolicy }: Pick<ResolvedProducer, 'readers' | 'streamPolicy'>,
  roleArns: readonly string[],
): { principals: Statement['principals']; condition: Condition[] } {
  if (streamPolicy.principal === 'role') {
    return { principals: [{ type: 'AWS', identifiers: [...roleArns] }], condition: [] };
  }
  const roots = readers.map(({ account }) => `arn:${account.partition}:iam::${account.id}:root`);
  return {
    principals: [{ type: 'AWS', identifiers: [...new Set(roots)] }],
    condition: [{ test: 'ArnEquals', variable: 'aws:PrincipalArn', values: [...roleArns] }],
  };
}
