import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import type { Stacks } from '../../../review/read/resources';
import type { ResolvedTopology } from '../../../topology/resolve';
import type { Accounts } from './accounts';
import { type Found, isFound } from './reader';
import { attributesOf, type StackState } from './states';

/** An alias of a stack, and the key that it names in AWS. */
export interface NamedKey {
  readonly place: StackState;
  /** Address of the alias, and of its key. */
  readonly alias: string;
  readonly key: string;
  /** Such as `alias/sns/ProcessOrders-alarms`. */
  readonly name: string;
  readonly live: Found<KeyMetadata>;
}

/** Keys that stacks create, by their aliases, where the state lacks one of both: KMS creates a second key without an error. */
export async function readNamedKeys(
  { consumers, producers }: ResolvedTopology,
  stacks: Stacks,
  states: ReadonlyMap<string, StackState>,
  accounts: Accounts,
): Promise<NamedKey[]> {
  const owners = new Map([...consumers, ...producers].map((each) => [each.stackId, each.account]));
  const reads = stacks.resources('aws_kms_alias').map(async (resource) => {
    const { stack, address: alias, block } = resource;
    const [place, account] = [states.get(stack.id), owners.get(stack.id)];
    const [key] = /aws_kms_key\.\w+/.exec(String(block.target_key_id)) ?? [];
    if (!place || !account || !key || place.state === 'unknown') return [];
    if ([alias, key].every((address) => attributesOf(place, address))) return [];
    const name = resource.text('name');
    const question = { action: 'kms:DescribeKey', stack: stack.id, part: 'key' };
    const reader = await accounts.of(account);
    const found = await reader.ask(question, ({ kms }, options) =>
      kms.send(new DescribeKeyCommand({ KeyId: name }), options),
    );
    const live = isFound(found) ? (found.KeyMetadata ?? 'absent') : found;
    return [{ place, alias, key, name, live }];
  });
  return (await Promise.all(reads)).flat();
}
