import type { Rule } from './rule';

/** A table that a destroy, or another name, deletes with all its items. */
export const unprotectedTables: Rule = ({ stacks }) =>
  stacks
    .resources('aws_dynamodb_table')
    .filter(({ block }) => block.deletion_protection_enabled !== true)
    .filter(({ block }) => block.lifecycle?.prevent_destroy !== true)
    .map((table) => ({
      place: table.place,
      stops: false,
      message: `${table.text('name')} is not protected from deletion: a destroy deletes it with all its items; write deletionProtection: true`,
    }));
