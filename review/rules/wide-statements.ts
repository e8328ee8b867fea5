import { overlap } from '../../policies/conditions';
import { arns } from '../../topology/arns';
import type { ResolvedConsumer, ResolvedTopology } from '../../topology/resolve';
import { MEANT } from '../access/grants';
import { keysOf, partsOf } from '../access/targets';
import { few, listOf, unique } from '../lists';
import type { Rule } from './rule';

/** What `role.statements` allow without naming it, and what they reach besides what a function needs. */
export const wideStatements: Rule = ({ topology }) =>
  topology.consumers.flatMap((consumer) => {
    const subjects = subjectsOf(consumer, topology);
    return consumer.role.statements.flatMap((statement, index) => {
      const { actions } = statement;
      // The value of a policy variable can be anything.
      const resources = statement.resources.map((each) => each.replaceAll(/\$\{[^}]*\}/g, '*'));
      const all = actions.filter((action) => isAny(action.split(':').at(-1)));
      const messages = [
        ...(all.length > 0
          ? [`allows all actions (${all.join(', ')}); name those that the function calls`]
          : []),
        ...(resources.some((each) => isAny(each.split(':').slice(5).join(':') || each))
          ? [
              'allows them on every resource; name those of the function, unless an action takes none',
            ]
          : []),
        ...subjects
          .filter((each) => actionsTouch(actions, each.actions))
          .filter((each) => touch(resources, each.resources))
          .map(({ what, such = [] }) => {
            const named = such.filter((each) => touch(resources, [each]));
            return `lets the code ${[what, few(named)].filter(Boolean).join(', such as ')}`;
          }),
      ];
      const place = `consumers.${consumer.name}.role.statements[${index}]`;
      return messages.map((message) => ({ place, stops: false, message }));
    });
  });

interface Subject {
  /** In words, after `lets the code`. */
  readonly what: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Of the resources those that the topology knows. */
  readonly such?: readonly string[];
}

/** What is worth knowing that a statement reaches. Actions and resources are patterns. */
function subjectsOf(
  consumer: ResolvedConsumer,
  { accounts, state }: ResolvedTopology,
): readonly Subject[] {
  const { account, sources } = consumer;
  const { failedBatches, lake, key } = partsOf(consumer);
  const keys = [...sources.flatMap(keysOf), ...(key ? [key] : [])];
  const functionArn = arns.function(account, consumer.function.name);
  const mappings = functionArn.replace(/function:.*/, 'event-source-mapping:*');
  const roles = Object.values(accounts).flatMap(({ deployRole, stateRoleArn }) => [
    ...listOf(deployRole?.arn),
    ...listOf(stateRoleArn),
  ]);
  return [
    {
      what: 'read streams',
      actions: MEANT.readStream,
      resources: [`${arns.streams({ account: { ...account, region: '*', id: '*' }, name: '*' })}*`],
    },
    {
      what: 'use keys that the tables or the consumer may have',
      actions: ['kms:Decrypt', 'kms:ReEncrypt*', 'kms:CreateGrant', 'kms:PutKeyPolicy'],
      resources: unique(keys.map(({ arn }) => arn)),
    },
    {
      what: 'reach the failed batches',
      actions: ['s3:*'],
      resources: withObjects(failedBatches.arn),
    },
    {
      what: 'delete from the lake',
      actions: ['s3:Delete*', 's3:PutLifecycle*', 's3:PutBucketPolicy'],
      resources: lake ? withObjects(lake.arn) : [],
    },
    {
      what: 'reach the state bucket',
      actions: ['s3:*'],
      resources: withObjects(arns.bucket(account, state.bucket)),
    },
    {
      what: 'change its own function',
      actions: changesIn('lambda'),
      resources: [functionArn, `${functionArn}:*`, mappings],
    },
    { what: 'change IAM or pass roles', actions: changesIn('iam'), resources: ['*'] },
    {
      what: 'assume roles',
      actions: ['sts:AssumeRole*'],
      resources: ['*'],
      such: unique([...roles, ...listOf(state.roleArn)]),
    },
  ];
}

const withObjects = (bucketArn: string) => [bucketArn, `${bucketArn}/*`];

/** With what the names of actions begin that change something. */
const CHANGES = [
  ...['Add', 'Attach', 'Change', 'Create', 'Deactivate', 'Delete', 'Detach', 'Disable', 'Enable'],
  ...['Pass', 'Publish', 'Put', 'Remove', 'Reset', 'Resync', 'Set', 'Tag', 'Untag', 'Update'],
  'Upload',
];

const changesIn = (service: string) => CHANGES.map((verb) => `${service}:${verb}*`);

/** Whether a pattern is of wildcards alone, such as `?*`. */
const isAny = (pattern = '') => /^\?*\*[*?]*$/.test(pattern);

/** Whether some action is in a pattern of each list. */
export const actionsTouch = (some: readonly string[], others: readonly string[]) =>
  touch(lower(some), lower(others));

const lower = (actions: readonly string[]) => actions.map((action) => action.toLowerCase());

const touch = (some: readonly string[], others: readonly string[]) =>
  some.some((one) => others.some((other) => overlap(one, other)));
