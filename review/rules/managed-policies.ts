import type { Rule } from './rule';

/**
 * What a managed policy allows, or a boundary denies, is in no answer on access unless its document is known. It
 * stops until the topology says that somebody has read it.
 */
export const managedPolicies: Rule = ({ model, topology: { consumers } }) =>
  consumers.flatMap(({ stackId, role }) =>
    model.notEvaluated
      .filter(({ stack }) => stack === stackId)
      .map(({ what, policyArn }) => {
        const isAcknowledged = role.acknowledgedPolicyArns.includes(policyArn);
        const remedy = isAcknowledged
          ? 'the topology says that somebody has read it'
          : 'read it, and add its ARN to role.acknowledgedPolicyArns';
        const message = `${what} is not evaluated, and the answers on access are without it; ${remedy}`;
        return { place: stackId, stops: !isAcknowledged, message };
      }),
  );
