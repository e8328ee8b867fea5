import type { Cause } from '../cause';
import type { Facts } from '../facts';
import { isFound } from '../read/reader';
import type { StackState } from '../read/states';
import { deploy, terraform } from '../remedies';

/** Stacks that were never deployed, or were destroyed, and those whose state is locked. */
export function states({ states, topology, now }: Facts): Cause[] {
  const { bucket, keyPrefix } = topology.state;
  return [...states.values()].flatMap((each): Cause[] => {
    const { account, stack, state } = each;
    const notDeployed: Cause = {
      cause: 'not-deployed',
      account,
      stack,
      part: 'state',
      message: `${stack} is not deployed: s3://${bucket}/${keyPrefix}/${stack}.tfstate has no resources`,
      remedy: deploy(stack),
    };
    return [...(state === 'absent' ? [notDeployed] : []), ...locked(each, now)];
  });
}

function locked({ account, stack, lock }: StackState, now: Date): Cause[] {
  if (!isFound(lock)) return [];
  const { ID, Who, Created, Operation } = lock;
  const minutes = Math.round((now.getTime() - new Date(Created).getTime()) / 60_000);
  const since = Number.isNaN(minutes) ? '' : ` since ${Created} (${minutes} minutes ago)`;
  const operation = Operation.replace('OperationType', '').toLowerCase() || 'something';
  return [
    {
      cause: 'locked',
      account,
      stack,
      part: 'state',
      message: `the state of ${stack} is locked by ${Who}${since}, for ${operation}, so it cannot be deployed`,
      remedy: `wait where that run goes on; if it is over and left its lock: ${terraform(stack, 'force-unlock', ID)}`,
    },
  ];
}
