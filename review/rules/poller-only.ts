import { matches } from '../../policies/conditions';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer } from '../../topology/resolve';
import { awsManagedActions } from '../access/aws-managed-policies';
import { MEANT } from '../access/grants';
import { few, unique } from '../lists';
import type { Found } from '../model';
import type { Rule } from './rule';

const REMEDY = 'remove it unless Lambda cannot read the streams with true';

/** Where the code may do what only Lambda needs: with `role.pollerOnly: false`, or by what allows the same. */
export const pollerOnly: Rule = ({ topology: { consumers } }) =>
  consumers.flatMap((consumer) => {
    const place = `consumers.${consumer.name}.role`;
    const found = consumer.role.pollerOnly
      ? allowedAllTheSame(consumer)
      : [
          {
            place: '.pollerOnly',
            message: `is false: ${ofCode(consumer, 'may itself')}; ${REMEDY}`,
          },
        ];
    return found.map((each) => ({ ...each, place: place + each.place, stops: false }));
  });

/** What the code of a consumer's function may do without `pollerOnly`, or may not do with it. */
export function ofCode(consumer: ResolvedConsumer, may: string): string {
  const tables = few(unique(consumer.sources.map(({ name }) => name)));
  const all = new Intl.ListFormat('en-GB').format(leftToLambda(consumer).map(({ what }) => what));
  return `the code of ${consumer.function.name} ${may} ${all} (tables: ${tables})`;
}

function allowedAllTheSame(consumer: ResolvedConsumer): Found[] {
  const { managedPolicyArns, statements } = consumer.role;
  const all = [
    ...managedPolicyArns.map((arn, index) => ({
      place: `.managedPolicyArns[${index}]`,
      actions: awsManagedActions(arn) ?? [],
      resources: ['*'],
    })),
    ...statements.map((each, index) => ({ ...each, place: `.statements[${index}]` })),
  ];
  return all.flatMap(({ place, actions, resources }) =>
    leftToLambda(consumer)
      .filter((left) => touch(actions, left.actions) && touch(resources, left.resources))
      .map(({ what }) => ({
        place,
        message: `lets the code itself ${what}, which role.pollerOnly denies it`,
      })),
  );
}

/** What the code may not do with `pollerOnly`, by what the names of actions and ARNs begin with. */
function leftToLambda({ account, sources, failedBatches }: ResolvedConsumer) {
  const keys = sources.flatMap(({ account, encryption }) => {
    if (encryption === 'aws-owned') return [];
    return encryption === 'customer-managed'
      ? arns.keys(account).replace('*', '')
      : encryption.kmsKeyArn;
  });
  return [
    { what: 'read the streams', actions: MEANT.readStream, resources: sources.map(arns.streams) },
    ...(keys.length > 0
      ? [{ what: 'decrypt with keys of tables', actions: MEANT.decrypt, resources: keys }]
      : []),
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
