import { ACTIONS } from '../../../policies/actions';
import { listOf } from '../../../review/lists';
import { STREAM_LABEL } from '../../../review/read/attributes';
import type { PolicyDocument } from '../../../review/read/policy-document';
import type { Resource } from '../../../review/read/resources';
import { parseArn } from '../../../topology/arns';
import type { Cause } from '../cause';
import type { Facts, ProducerFacts } from '../facts';
import { deletedPrincipals, differences, lets } from '../policy';
import { type Found, isFound } from '../read/reader';
import { deploy, terraform } from '../remedies';

/** Policies of streams and tables that are gone, or other than what the topology synthesizes. */
export function streamPolicies(facts: Facts): Cause[] {
  const policies = new Map(
    facts.stacks.resources('aws_dynamodb_resource_policy').map((policy) => [policy.place, policy]),
  );
  return facts.producers.flatMap((producer): Cause[] => {
    const { stackId, streamPolicy } = producer.producer;
    const of = (name: string) =>
      policies.get(`${stackId} aws_dynamodb_resource_policy.${name}_policy`);
    return [
      ...ownPolicy(producer, 'stream', producer.streamPolicy, of('stream'), facts),
      ...ownPolicy(producer, 'table', producer.tablePolicy, of('table'), facts),
      ...(streamPolicy.managed ? [] : policyOfOthers(producer)),
    ];
  });
}

function ownPolicy(
  { account, producer, table }: ProducerFacts,
  what: 'stream' | 'table',
  live: Found<PolicyDocument>,
  synthesized: Resource | undefined,
  { consumers }: Facts,
): Cause[] {
  if (!synthesized || live === 'unknown') return [];
  const { stackId: stack, source } = producer;
  const place = { account, stack, part: `${what} policy`, remedy: deploy(stack) };
  if (live === 'absent' || listOf(live.Statement).length === 0) {
    const message = `the ${what} of ${source.name} has no policy, so no role of another account may read it`;
    return [{ ...place, cause: 'policy-missing', message }];
  }
  const deleted = deletedPrincipals(live);
  if (deleted.length > 0) {
    const readers = new Set(producer.readers.map(({ stackId }) => stackId));
    const isGone = consumers.some(
      ({ consumer, role }) => readers.has(consumer.stackId) && role === 'absent',
    );
    // That the role is gone is said of its own stack.
    if (isGone) return [];
    const message = `the policy of the ${what} of ${source.name} names ${deleted.join(', ')}: the role that it named was deleted, and one that was created again under its name is another one`;
    return [{ ...place, cause: 'role-replaced', message, remedy: 'npm run deploy' }];
  }
  const [, label = STREAM_LABEL] = /\/stream\/(.*)$/.exec(latestOf(table)) ?? [];
  const meant = JSON.stringify(synthesized.document('policy')).replaceAll(STREAM_LABEL, label);
  const [first, ...others] = differences(live, JSON.parse(meant));
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const message = `the policy of the ${what} of ${source.name} is not the one that the topology synthesizes: ${first}${more}`;
  return [{ ...place, cause: 'policy-differs', message }];
}

function latestOf(table: ProducerFacts['table']): string {
  return (isFound(table) && table.LatestStreamArn) || '';
}

/** One that the topology leaves to others, who have to let the readers of other accounts read. */
function policyOfOthers({ account, producer, streamPolicy: live, table }: ProducerFacts): Cause[] {
  const { stackId: stack, readers, source } = producer;
  const { id } = source.account;
  const foreign = readers.filter(({ roleArn }) => parseArn(roleArn).id !== id);
  if (live === 'unknown' || foreign.length === 0) return [];
  const place = {
    account,
    stack,
    part: 'stream policy',
    remedy: `whoever has that policy adds what this prints: ${terraform(stack, 'output', '-raw', 'stream_policy_statement')}`,
  };
  if (live === 'absent') {
    const message = `the stream of ${source.name} has no policy, so no role of another account may read it`;
    return [{ ...place, cause: 'policy-missing', message }];
  }
  const resource = latestOf(table);
  return foreign.flatMap(({ roleArn: role }): Cause[] => {
    const request = { role, resource, account: id, context: {} };
    const refused = ACTIONS.readStream.filter((action) => !lets(live, { ...request, action }));
    if (refused.length === 0) return [];
    const message = `the policy of the stream of ${source.name} does not let ${role} use ${refused.join(', ')}`;
    return [{ ...place, cause: 'policy-differs', message }];
  });
}
