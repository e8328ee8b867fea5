import { ownPage } from '../../../topology/own-files';
import type { SubscriptionFacts } from '../facts';
import { deploy, terraform } from '../remedies';

type Remedy = (facts: SubscriptionFacts) => string;

const ofStream: Remedy = ({ subscription, producer, consumer }) =>
  producer
    ? `write the stream's policy: ${deploy(producer.stack)}`
    : `the owner of ${subscription.source.name} adds what this prints to the stream's policy: ${terraform(consumer.stack, 'output', '-raw', 'producer_statement')}`;

const ofRole: Remedy = ({ consumer: { stack, consumer } }) =>
  consumer.role.type === 'created'
    ? `write the role's policies: ${deploy(stack)}`
    : `the owner of ${consumer.role.arn} gives it what this prints: ${terraform(stack, 'output', '-raw', 'role_policy')}`;

const ofKey: Remedy = (facts) =>
  facts.producer
    ? `write the policy of a key that the stack makes: ${deploy(facts.producer.stack)}; the owner of another one lets the role decrypt with it, as ${ownPage('encryption.md')} says`
    : ofStream(facts);

/**
 * What refuses Lambda to read, by what AWS says of the last attempt; the first that fits. Which policy it is, is left
 * out by some services. What a function's own variables are encrypted with is not what it reads.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSALS: readonly (readonly [said: RegExp, message: string, Remedy])[] = [
  [/perform: kms:|^(?!.*perform: ).*(KMS|kms:)/s, 'Lambda may not decrypt the table', ofKey],
  [/cannot be assumed|unable to assume/, 'Lambda cannot assume the role', ofRole],
  [/perform: .*resource-based/s, 'the policy of the stream does not let the role read', ofStream],
  [/perform: .*identity-based/s, 'the role may not read the stream', ofRole],
  [
    /perform: .*(boundary|control policy|session policy)/s,
    'a policy above the role does not let it read',
    () => 'let whoever owns that policy allow it: no stack of the topology has it',
  ],
  [
    /is not authorized to perform: /,
    'Lambda may not read the stream',
    (facts) => `${ofStream(facts)}; ${ofRole(facts)}`,
  ],
];

/** Why the mapping's last attempt to read was refused, and what to do; nothing where it was not. */
export function refusal(result: string, facts: SubscriptionFacts): [string, string] | undefined {
  const [, said] = /^PROBLEM: *(.*)$/s.exec(result) ?? [];
  if (said === undefined || /environment variable/.test(said)) return undefined;
  const [, message, remedy] = REFUSALS.find(([pattern]) => pattern.test(said)) ?? [];
  return remedy && [`${message}: ${said}`, remedy(facts)];
}
