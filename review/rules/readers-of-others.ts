import { readerStatements } from '../../policies/execution-role';
import { arns } from '../../topology/arns';
import type { Rule } from './rule';

/** Roles of other teams read nothing before their own policies allow it, and nobody evaluates those. */
export const readersOfOthers: Rule = ({ topology: { producers } }) =>
  producers
    .filter(({ streamPolicy: { readers } }) => readers.length > 0)
    .map((producer) => {
      const { stackId, source, account, streamPolicy } = producer;
      const key = source.encryption === 'customer-managed' ? arns.keys(account) : undefined;
      const statements = JSON.stringify(readerStatements(producer, key?.replace('*', '<id>')));
      const message = `not evaluated: the policies of ${streamPolicy.readers.join(' and ')}, which another team owns, and which need these statements to read the stream of ${source.name} in ${account.id}; they are the output consumer_statement${key ? ", with the key's ID" : ''}: ${statements}`;
      return { place: stackId, stops: false, message };
    });
