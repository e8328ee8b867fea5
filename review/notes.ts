import { renderStatement } from '../policies/statement';
import { streamPolicy } from '../policies/stream-policy';
import { names } from '../topology/names';
import type {
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedSubscription,
  ResolvedTopology,
} from '../topology/resolve';
import type { Runtime } from './runtimes';

/** What is no mistake and a reviewer should know, one line each. */
export function notesOn(
  { producers, consumers, subscriptions }: ResolvedTopology,
  runtimes: readonly Runtime[],
): string[] {
  return [
    ...producers.flatMap(policyOfOthers),
    ...consumers.flatMap(unheardAlarms),
    ...consumers.flatMap((consumer) => scarceConcurrency(consumer, subscriptions)),
    ...runtimes.flatMap(endOfRuntime),
  ];
}

function policyOfOthers(producer: ResolvedProducer): string[] {
  const { source, account, streamPolicy: policy, readers } = producer;
  if (policy.managed || readers.length === 0) return [];
  const stream = `arn:${account.partition}:dynamodb:${account.region}:${account.id}:table/${source.name}/stream/<label>`;
  const roleArns = readers.map(({ roleArn }) => roleArn);
  const [statement] = streamPolicy(producer, stream, roleArns).map(renderStatement);
  return [
    `not evaluated: the policy of the stream of ${source.name} in ${account.id} belongs to others, who add this statement; with the stream's own ARN it is the output stream_policy_statement of ${producer.stackId}: ${JSON.stringify(statement)}`,
  ];
}

/** The stacks subscribe nobody but an email address; of a topic that exists, its owner knows. */
function unheardAlarms({ alarms, function: { name } }: ResolvedConsumer): string[] {
  if (!alarms) return [`alarms of ${name}: none (alarms: false)`];
  if (alarms.topicArn !== undefined || alarms.email !== undefined) return [];
  return [
    `alarms of ${name}: these stacks subscribe nobody to the topic ${names.topic(name)}; write alarms.email or alarms.topicArn, or subscribe to it yourself`,
  ];
}

/** A stream has at least one shard, and Lambda runs as many batches of each as the factor says. */
function scarceConcurrency(
  { stackId, function: { name, reservedConcurrentExecutions: reserved } }: ResolvedConsumer,
  subscriptions: readonly ResolvedSubscription[],
): string[] {
  const batches = subscriptions
    .filter(({ consumerStackId, enabled }) => consumerStackId === stackId && enabled)
    .reduce((sum, { parallelizationFactor }) => sum + parallelizationFactor, 0);
  if (reserved === undefined || reserved >= batches) return [];
  return [
    `function ${name}: ${reserved} reserved concurrent executions are fewer than the ${batches} batches that its subscriptions run at once with one shard each (parallelizationFactor); the rest is throttled and waits`,
  ];
}

function endOfRuntime({ name, functions, dates, state }: Runtime): string[] {
  if (!dates || state === undefined || state === 'not updated') return [];
  const until =
    state === 'ends soon'
      ? `AWS maintains it until ${dates.deprecated}`
      : `AWS has not maintained it since ${dates.deprecated}`;
  return [
    `runtime ${name} of ${functions.join(', ')}: ${until}; Lambda creates functions with it until ${dates.noCreation} and updates them until ${dates.noUpdate}`,
  ];
}
