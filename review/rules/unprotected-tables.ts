import type { Block } from '../read/stacks';
import { placeOf, type Rule } from './rule';

/** A table that a destroy, or another name, deletes with all its items. */
export const unprotectedTables: Rule = {
  name: 'unprotected-tables',
  check: ({ stacks }) =>
    stacks
      .resources('aws_dynamodb_table')
      .filter(({ block: { deletion_protection_enabled: isProtected, lifecycle } }) => {
        const { prevent_destroy: isKept } = (lifecycle ?? {}) as Block;
        return isProtected !== true && isKept !== true;
      })
      .map((table) => ({
        place: placeOf(table),
        stops: false,
        message: `${table.text('name')} is not protected from deletion: a destroy deletes it with all its items; write deletionProtection: true`,
      })),
};
