import type { Cause } from '../cause';
import type { Facts } from '../facts';

/** Stacks that were never deployed, or were destroyed. */
export function states({ states, topology }: Facts): Cause[] {
  const { bucket, keyPrefix } = topology.state;
  return [...states.values()]
    .filter(({ state }) => state === 'absent')
    .map(({ account, stack }) => ({
      cause: 'not-deployed',
      account,
      stack,
      part: 'state',
      message: `${stack} is not deployed: s3://${bucket}/${keyPrefix}/${stack}.tfstate has no resources`,
      remedy: `npm run deploy -- ${stack}`,
    }));
}
