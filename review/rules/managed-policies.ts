import type { Rule } from './rule';

/**
 * What a managed policy allows, or a boundary denies, is in no answer on access unless its document is known. It
 * stops until the topology says that somebody has read it. One that the topology does not name is a finding about
 * access.
 */
export const managedPolicies: Rule = {
  name: 'managed-policies',
  check({ model, topology: { consumers } }) {
    const roles = new Map(consumers.map(({ stackId, role }) => [stackId, role]));
    return model.notEvaluated.flatMap(({ what, stack, policyArn }) => {
      const role = roles.get(stack);
      if (!role) return [];
      const { managedPolicyArns, permissionsBoundary, acknowledgedPolicyArns } = role;
      if (![...managedPolicyArns, permissionsBoundary].includes(policyArn)) return [];
      const isAcknowledged = acknowledgedPolicyArns.includes(policyArn);
      const remedy = isAcknowledged
        ? 'the topology says that somebody has read it'
        : 'read it, and add its ARN to role.acknowledgedPolicyArns';
      return [
        {
          place: stack,
          stops: !isAcknowledged,
          message: `${what} is not evaluated, and the answers on access are without it; ${remedy}`,
        },
      ];
    });
  },
};
