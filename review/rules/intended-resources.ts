import { arns } from '../../topology/arns';
import { names } from '../../topology/names';
import type { ResolvedConsumer, ResolvedTopology } from '../../topology/resolve';
import type { AccessTarget } from '../access/model';
import { alarmTopicArn } from './destinations';
import type { Rule } from './rule';

/** Nothing that runs, stores, encrypts or sends is there but what the topology has. */
export const intendedResources: Rule = {
  name: 'intended-resources',
  check({ model, topology }) {
    const intended = intendedArns(topology);
    return model.targets
      .filter((target) => !intended.has(subjectOf(target)))
      .map(({ kind, arn, stackId }) => ({
        place: stackId,
        message: `${kind} ${arn} is not in the topology; write it there, or remove it`,
      }));
  },
};

/** Streams and keys are there for a table or a topic. */
function subjectOf({ kind, arn, ownerArn = '' }: AccessTarget): string {
  return kind === 'stream' || kind === 'key' ? ownerArn : arn;
}

function intendedArns({ consumers, producers, state }: ResolvedTopology): Set<string> {
  const partitions = [...consumers, ...producers].map(({ account }) => account);
  return new Set([
    ...consumers.flatMap(ofConsumer),
    ...producers.map(({ source }) => arns.table(source)),
    ...(state.manage ? partitions.map((account) => arns.bucket(account, state.bucket)) : []),
  ]);
}

function ofConsumer(consumer: ResolvedConsumer): string[] {
  const { account, role, function: lambda, failedBatches, sink, alarms } = consumer;
  const { partition, region, id } = account;
  return [
    role.arn,
    arns.function(account, lambda.name),
    `arn:${partition}:logs:${region}:${id}:log-group:${names.logGroup(lambda.name)}`,
    arns.bucket(account, failedBatches.bucket),
    ...(sink.type === 's3' && sink.managed ? [arns.bucket(account, sink.bucket)] : []),
    alarmTopicArn(alarms, account, lambda.name),
  ].filter((arn) => arn !== undefined);
}
