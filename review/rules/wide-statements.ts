import { matches } from '../../policies/conditions';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer } from '../../topology/resolve';
import { MEANT } from '../access/grants';
import type { Rule } from './rule';

/** What `role.statements` allow without naming it, and what they allow the code that `role.pollerOnly` denies it. */
export const wideStatements: Rule = ({ topology: { consumers } }) =>
  consumers.flatMap((consumer) =>
    consumer.role.statements.flatMap(({ actions, resources }, index) => {
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
        ...leftToLambda(consumer)
          .filter((left) => touch(actions, left.actions) && touch(resources, left.resources))
          .map(({ what }) => `lets the code itself ${what}, which role.pollerOnly denies it`),
      ];
      const place = `consumers.${consumer.name}.role.statements[${index}]`;
      return messages.map((message) => ({ place, stops: false, message }));
    }),
  );

/** What the code may not do with `pollerOnly`, by what the names of actions and ARNs begin with. */
function leftToLambda({ account, role, sources, failedBatches }: ResolvedConsumer) {
  if (!role.pollerOnly) return [];
  const keys = sources.flatMap(({ account, encryption }) => {
    if (encryption === 'aws-owned') return [];
    return encryption === 'customer-managed'
      ? arns.keys(account).replace('*', '')
      : encryption.kmsKeyArn;
  });
  return [
    { what: 'read the streams', actions: MEANT.readStream, resources: sources.map(arns.streams) },
    { what: 'decrypt with keys of tables', actions: MEANT.decrypt, resources: keys },
    {
      what: 'reach the failed batches',
      actions: ['s3:'],
      resources: [arns.bucket(account, failedBatches.bucket)],
    },
  ];
}

function touch(patterns: readonly string[], beginnings: readonly string[]): boolean {
  return patterns.some((pattern) => beginnings.some((each) => canMatch(pattern, each)));
}

/** Whether a pattern matches some text that begins so. */
function canMatch(pattern: string, beginning: string): boolean {
  const lengths = Array.from({ length: pattern.length + 1 }, (_, length) => length);
  return lengths.some((length) =>
    matches(pattern.slice(0, length).toLowerCase(), beginning.toLowerCase()),
  );
}
