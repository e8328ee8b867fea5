import { arns } from '../../topology/arns';
import type {
  Account,
  ResolvedConsumer,
  ResolvedProducer,
  ResolvedTopology,
} from '../../topology/resolve';
import { accountOf } from './evaluate';
import type { AccessModel, AccessTarget } from './model';

/** What nobody is meant to use. */
const OTHER_TABLE = 'NotInTheseStacks';
const OTHER_KEY = '00000000-0000-4000-8000-ffffffffffff';

/** What access is asked for and no stack holds, each once. */
export function targetsElsewhere(
  { targets }: AccessModel,
  { consumers, producers }: ResolvedTopology,
): AccessTarget[] {
  const elsewhere = [...producers.flatMap(keysOf), ...consumers.flatMap(bucketsAndAccounts)];
  const own = new Set(targets.map(({ arn }) => arn));
  const each = new Map(elsewhere.map((target) => [`${target.account} ${target.arn}`, target]));
  return [...each.values()].filter(({ arn }) => !own.has(arn));
}

/**
 * The key of a table, where it belongs to others. Where a stack makes it, roles are granted all keys of the account
 * under conditions: there it is another key of the account.
 */
function keysOf({ source }: ResolvedProducer): AccessTarget[] {
  const { account, encryption } = source;
  if (encryption === 'aws-owned') return [];
  if (encryption === 'customer-managed') {
    const arn = arns.keys(account).replace('*', OTHER_KEY);
    const ownerArn = arns.table({ ...source, name: OTHER_TABLE });
    return [{ ...elsewhereIn(account), kind: 'key', arn, name: OTHER_TABLE, ownerArn }];
  }
  const arn = encryption.kmsKeyArn;
  const place = { ...elsewhereIn(account), account: accountOf(arn) ?? '' };
  return [{ ...place, kind: 'key', arn, name: arn, ownerArn: arns.table(source) }];
}

/** The account is for the actions that take no resource. */
function bucketsAndAccounts({ account, sink }: ResolvedConsumer): AccessTarget[] {
  const whole: AccessTarget = {
    ...elsewhereIn(account),
    kind: 'account',
    arn: '*',
    name: account.id,
    policyIsElsewhere: undefined,
  };
  if (sink.type !== 's3' || sink.managed) return [whole];
  const arn = arns.bucket(account, sink.bucket);
  return [whole, { ...elsewhereIn(account), kind: 'bucket', arn, name: sink.bucket }];
}

function elsewhereIn({ id, partition, region }: Account) {
  return { account: id, partition, region, stackId: '', policyIsElsewhere: true } as const;
}
