import type { SubscriptionFacts } from '../facts';
import { deploy, terraform } from '../remedies';

/**
 * What refuses Lambda to read, by what AWS says of the last attempt. Which policy it is, is left out by some services.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSED =
  /is not authorized to perform: (?<action>[\w:]+) on resource: (?<resource>\S+)(?<reason>.*)/;

const KEY = /KMS|kms:/;

/** Why the mapping's last attempt to read was refused, and what to do; nothing where it was not. */
export function refusal(
  result: string,
  facts: SubscriptionFacts,
): { message: string; remedy: string } | undefined {
  // What the function's own variables are encrypted with is not what it reads.
  if (!result.startsWith('PROBLEM') || /environment variable/.test(result)) return undefined;
  const { action, reason = '' } = REFUSED.exec(result)?.groups ?? {};
  const said = result.replace(/^PROBLEM: */, '');
  if (KEY.test(action ?? said)) {
    return { message: `Lambda may not decrypt the table: ${said}`, remedy: remedyOfKey(facts) };
  }
  if (/cannot be assumed|unable to assume/.test(said)) {
    return { message: `Lambda cannot assume the role: ${said}`, remedy: remedyOfRole(facts) };
  }
  if (!action) return undefined;
  if (/resource-based/.test(reason)) {
    const message = `the policy of the stream does not let the role read: ${said}`;
    return { message, remedy: remedyOfStream(facts) };
  }
  if (/identity-based/.test(reason)) {
    return { message: `the role may not read the stream: ${said}`, remedy: remedyOfRole(facts) };
  }
  if (/boundary|control policy|session policy/.test(reason)) {
    const remedy = 'let whoever owns that policy allow it: no stack of the topology has it';
    return { message: `a policy above the role does not let it read: ${said}`, remedy };
  }
  return {
    message: `Lambda may not read the stream: ${said}`,
    remedy: `${remedyOfStream(facts)}; ${remedyOfRole(facts)}`,
  };
}

function remedyOfStream({ subscription, producer, consumer }: SubscriptionFacts): string {
  if (producer) return `${deploy(producer.producer.stackId)} writes the stream's policy`;
  return `the owner of ${subscription.source.name} adds what this prints to the stream's policy: ${outputOf(consumer, 'producer_statement')}`;
}

function remedyOfRole({ consumer }: SubscriptionFacts): string {
  const { stackId, role } = consumer.consumer;
  if (role.type === 'created') return `${deploy(stackId)} writes the role's policies`;
  return `the owner of ${role.arn} gives it what this prints: ${outputOf(consumer, 'role_policy')}`;
}

function remedyOfKey(facts: SubscriptionFacts): string {
  const { producer } = facts;
  if (!producer) return remedyOfStream(facts);
  return `${deploy(producer.producer.stackId)} writes the policy of a key that the stack makes; the owner of another one lets the role decrypt with it, as docs/encryption.md says`;
}

function outputOf({ consumer }: SubscriptionFacts['consumer'], output: string): string {
  return terraform(consumer.stackId, 'output', '-raw', output);
}
