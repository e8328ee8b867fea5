import type { Rule } from './rule';

/** Whoever may not use the key of a table can read copies of its items where these have no such key. */
export const unencryptedCopies: Rule = ({ topology: { consumers } }) =>
  consumers.flatMap(({ name, encryption, sources }) => {
    const tables = sources.filter((table) => table.encryption !== 'aws-owned');
    if (encryption !== 'aws-owned' || tables.length === 0) return [];
    const [first] = tables.map((table) => table.name);
    const others = tables.length > 1 ? ` and ${tables.length - 1} more` : '';
    const message = `reads ${first}${others}, with a customer managed key, and keeps log, failed batches and lake without one; write encryption: customer-managed`;
    return [{ place: `consumers.${name}`, stops: false, message }];
  });
