import { condition } from '../../policies/statement';
import { arns } from '../../topology/arns';
import {
  makesFunction,
  type ResolvedConsumer,
  type ResolvedProducer,
} from '../../topology/resolve';
import {
  byLambda,
  encryptingLog,
  type Grant,
  grant,
  inStreamPolicy,
  inTablePolicy,
  MEANT,
  reading,
  through,
} from '../access/grants';
import type { AccessModel } from '../access/model';
import { readStatements } from '../access/statements';
import { keysOf } from '../access/targets';
import { unintended } from '../access/unintended';
import type { Rule } from './rule';

/** What others are to add to their policies is held against the topology as the policies of the stacks are. */
export const publishedStatements: Rule = ({
  stacks,
  topology: { consumers, producers },
  model,
}) => {
  const keys = keysByOwner(model);
  const meant = new Map([
    ...consumers.flatMap(byConsumer),
    ...producers.flatMap((producer) => byProducer(producer, keys)),
  ]);
  return stacks.all
    .flatMap((stack) => stacks.statementsForOwners(stack))
    .flatMap(({ place, document }) =>
      readStatements(document).flatMap((statement) => {
        const isOfRole = Object.keys(statement.principals).length === 0;
        const side = isOfRole ? 'role' : 'resource policy';
        return unintended(place, { side, statements: [statement] }, meant.get(place) ?? []);
      }),
    );
};

type Meant = [place: string, grants: Grant[]];

function byConsumer(consumer: ResolvedConsumer): Meant[] {
  const { stackId, account, role, streamsOfOthers } = consumer;
  const root = [arns.root(account)];
  const onlyRole = condition('ArnEquals', 'aws:PrincipalArn', role.arn);
  const forAws = condition('Bool', 'kms:GrantIsForAWSResource', 'true');
  const ofLambda = makesFunction(consumer)
    ? [encryptingLog(consumer), grant(undefined, root, MEANT.grantToServices, [forAws])]
    : [];
  const toRole = (on: string, actions: readonly string[], more = [onlyRole]): Meant => [
    `${stackId} output.producer_statement ${on}`,
    [grant(undefined, root, actions, more)],
  ];
  return [
    [`${stackId} output.key_policy_statement`, [grant(undefined, root, MEANT.useKey), ...ofLambda]],
    ...streamsOfOthers.flatMap(({ arn, table }) => [
      toRole(arn, MEANT.readStream),
      ...(table.readTable ? [toRole(arns.table(table), MEANT.readTable)] : []),
      ...keysOf(table).map((key) =>
        toRole(key.arn, MEANT.decrypt, [onlyRole, through('dynamodb', table.account)]),
      ),
    ]),
  ];
}

/** ARNs of the keys of the stacks, by that of what each encrypts; of several it is the first. */
function keysByOwner({ targets }: AccessModel): Map<string | undefined, string> {
  const keys = targets.filter(({ kind }) => kind === 'key');
  return new Map(keys.reverse().map(({ ownerArn, arn }) => [ownerArn, arn]));
}

function byProducer(
  producer: ResolvedProducer,
  keys: ReadonlyMap<string | undefined, string>,
): Meant[] {
  const { stackId, source } = producer;
  const role = { arn: '', pollerOnly: true };
  // The key that the stack makes is known by its ARN there.
  const kmsKeyArn = keys.get(arns.table(source));
  const encryption = kmsKeyArn === undefined ? source.encryption : { kmsKeyArn };
  const listing = grant(undefined, [], MEANT.listStreams, byLambda(role), { resources: ['*'] });
  return [
    [`${stackId} output.stream_policy_statement`, [inStreamPolicy(producer)]],
    [`${stackId} output.table_policy_statement`, [inTablePolicy(producer)]],
    [
      `${stackId} output.consumer_statement`,
      [...reading({ ...source, encryption }, role), listing],
    ],
  ];
}
