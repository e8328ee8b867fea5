import { makesFunction } from '../../topology/resolve';
import { few } from '../lists';
import type { Rule } from './rule';

/** Whoever may not use the key of a table can read copies of its items where these have no such key. */
export const unencryptedCopies: Rule = ({ topology: { consumers } }) =>
  consumers.flatMap((consumer) => {
    const { name, encryption, sources, sink } = consumer;
    const tables = sources
      .filter((table) => table.encryption !== 'aws-owned')
      .map((table) => table.name);
    if (encryption !== 'aws-owned' || tables.length === 0) return [];
    const kept = [
      ...(makesFunction(consumer) ? ['log'] : []),
      'failed batches',
      ...(sink.type === 's3' && sink.managed ? ['lake'] : []),
    ];
    const message = `reads ${few(tables, 1)}, with a customer managed key, and keeps ${new Intl.ListFormat('en-GB').format(kept)} without one; write encryption: customer-managed`;
    return [{ place: `consumers.${name}`, stops: false, message }];
  });
