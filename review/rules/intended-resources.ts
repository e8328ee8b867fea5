import { intentOf } from '../access/intent';
import type { Rule } from './rule';

/** Nothing that runs, stores, encrypts or sends is there but what the topology has. */
export const intendedResources: Rule = ({ model, topology }) => {
  const intent = intentOf(topology);
  const { manage, bucket } = topology.state;
  return model.targets
    .filter((target) => intent.targetLike(target)?.elsewhere !== false)
    .filter(({ kind, name }) => !(manage && kind === 'bucket' && name === bucket))
    .map(({ kind, arn, stackId }) => ({
      place: stackId,
      message: `${kind} ${arn} is not in the topology; write it there, or remove it`,
    }));
};
