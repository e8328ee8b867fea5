import { ACTIONS } from '../../../policies/actions';
import { listOf } from '../../../review/lists';
import { STREAM_LABEL } from '../../../review/read/attributes';
import type { Resource } from '../../../review/read/resources';
import { parseArn } from '../../../topology/arns';
import { causesIn, type Looked } from '../cause';
import type { Facts, ProducerFacts } from '../facts';
import { differences, lets, namesDeleted } from '../policy';
import { isFound } from '../read/reader';
import { deploy, terraform } from '../remedies';

/** Policies of streams and tables that are gone, or other than what the topology synthesizes. */
export function streamPolicies({ stacks, producers, consumers }: Facts): Looked[] {
  const policies = new Map(
    stacks.resources('aws_dynamodb_resource_policy').map((policy) => [policy.place, policy]),
  );
  return producers.flatMap((facts) => {
    const own = (['stream', 'table'] as const).map((what) => {
      const meant = policies.get(`${facts.stack} aws_dynamodb_resource_policy.${what}_policy`);
      return meant && ownPolicy(facts, what, meant, consumers);
    });
    return [...own, ...(facts.producer.streamPolicy.managed ? [] : policyOfOthers(facts))];
  });
}

function ownPolicy(
  facts: ProducerFacts,
  what: 'stream' | 'table',
  synthesized: Resource,
  consumers: Facts['consumers'],
): Looked {
  const { stack, producer, table } = facts;
  const live = what === 'stream' ? facts.streamPolicy : facts.tablePolicy;
  const cause = causesIn(facts, `${what} policy`);
  const policy = `the policy of the ${what} of ${producer.source.name}`;
  if (live === 'unknown') return undefined;
  if (live === 'absent' || listOf(live.Statement).length === 0) {
    return cause('policy-missing', withoutPolicy(facts, what), deploy(stack));
  }
  const deleted = namesDeleted(live);
  if (deleted) {
    const readers = producer.readers.map(({ stackId }) => stackId);
    // That the role is gone is said of its own stack.
    if (consumers.some((each) => each.role === 'absent' && readers.includes(each.stack))) {
      return undefined;
    }
    return cause('role-replaced', `${policy} ${deleted}`, deploy());
  }
  const [, label = STREAM_LABEL] = /\/stream\/(.*)$/.exec(latestOf(table)) ?? [];
  const meant = JSON.stringify(synthesized.document('policy')).replaceAll(STREAM_LABEL, label);
  const [first, ...others] = differences(live, JSON.parse(meant));
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const message = `${policy} is not the one that the topology synthesizes: ${first}${more}`;
  return cause('policy-differs', message, deploy(stack));
}

function withoutPolicy({ producer }: ProducerFacts, what: 'stream' | 'table'): string {
  return `the ${what} of ${producer.source.name} has no policy, so no role of another account may read it`;
}

function latestOf(table: ProducerFacts['table']): string {
  return (isFound(table) && table.LatestStreamArn) || '';
}

/** One that the topology leaves to others, who have to let the readers of other accounts read. */
function policyOfOthers(facts: ProducerFacts): Looked[] {
  const { stack, producer, streamPolicy: live, table } = facts;
  const { name, account } = producer.source;
  const foreign = producer.readers.filter(({ roleArn }) => parseArn(roleArn).id !== account.id);
  if (live === 'unknown' || foreign.length === 0) return [];
  const cause = causesIn(facts, 'stream policy');
  const remedy = `whoever has that policy adds what this prints: ${terraform(stack, 'output', '-raw', 'stream_policy_statement')}`;
  if (live === 'absent') return [cause('policy-missing', withoutPolicy(facts, 'stream'), remedy)];
  return foreign.map(({ roleArn: role }) => {
    const request = { role, resource: latestOf(table), account: account.id, context: {} };
    const refused = ACTIONS.readStream.filter((action) => !lets(live, { ...request, action }));
    const message = `the policy of the stream of ${name} does not let ${role} use ${refused.join(', ')}`;
    return refused.length > 0 && cause('policy-differs', message, remedy);
  });
}
