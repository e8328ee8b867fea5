import { holderOf } from '../../../terraform/lock';
import { causesIn, type Looked } from '../cause';
import type { Facts } from '../facts';
import { isFound } from '../read/reader';
import { deploy, terraform } from '../remedies';

/** Stacks that were never deployed, or were destroyed, and those whose state is locked. */
export function states({ states, topology, now }: Facts): Looked[] {
  const { bucket, keyPrefix } = topology.state;
  return [...states.values()].flatMap((place) => {
    const { stack, state, lock } = place;
    const cause = causesIn(place, 'state');
    return [
      state === 'absent' &&
        cause(
          'not-deployed',
          `${stack} is not deployed: s3://${bucket}/${keyPrefix}/${stack}.tfstate has no resources`,
          deploy(stack),
        ),
      isFound(lock) &&
        cause(
          'locked',
          `the state of ${stack} is locked by ${holderOf(lock, now)}, so it cannot be deployed`,
          `wait where that run goes on; if it is over and left its lock: ${terraform(stack, 'force-unlock', lock.ID)}`,
        ),
    ];
  });
}
