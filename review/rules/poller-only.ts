import type { ResolvedConsumer } from '../../topology/resolve';
import { awsManagedActions } from '../access/aws-managed-policies';
import { MEANT } from '../access/grants';
import { few, unique } from '../lists';
import type { Found } from '../model';
import type { Rule } from './rule';
import { actionsTouch } from './wide-statements';

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

/** By a managed policy of AWS; what statements allow, whatever pollerOnly says, is in `wide-statements`. */
function allowedAllTheSame(consumer: ResolvedConsumer): Found[] {
  return consumer.role.managedPolicyArns.flatMap((arn, index) => {
    const allowed = awsManagedActions(arn) ?? [];
    return leftToLambda(consumer)
      .filter(({ actions }) => actionsTouch(allowed, actions))
      .map(({ what }) => ({
        place: `.managedPolicyArns[${index}]`,
        message: `lets the code itself ${what}, which role.pollerOnly denies it`,
      }));
  });
}

/** What the code may not do with `pollerOnly`. */
function leftToLambda({ sources }: ResolvedConsumer) {
  const isEncrypted = sources.some(({ encryption }) => encryption !== 'aws-owned');
  return [
    { what: 'read the streams', actions: MEANT.readStream },
    ...(isEncrypted ? [{ what: 'decrypt with keys of tables', actions: MEANT.decrypt }] : []),
    { what: 'reach the failed batches', actions: ['s3:*'] },
  ];
}
