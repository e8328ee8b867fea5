import type { Rule } from './rule';

/** What `role.statements` allow without naming it. */
export const wideStatements: Rule = ({ topology: { consumers } }) =>
  consumers.flatMap(({ name, role }) =>
    role.statements.flatMap(({ actions, resources }, index) => {
      const all = actions.filter((action) => /^(\*|.*:\*+)$/.test(action));
      const messages = [
        ...(all.length > 0
          ? [`allows all actions (${all.join(', ')}); name those that the function calls`]
          : []),
        ...(resources.includes('*')
          ? [
              'allows them on every resource; name those of the function, unless an action takes none',
            ]
          : []),
      ];
      const place = `consumers.${name}.role.statements[${index}]`;
      return messages.map((message) => ({ place, stops: false, message }));
    }),
  );
