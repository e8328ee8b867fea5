import type { Rule } from './rule';

/** What a role of others may do is in no stack. It is taken to have what its owner is asked to give it. */
export const rolesOfOthers: Rule = ({ stacks, topology: { consumers } }) =>
  consumers
    .filter(({ role }) => role.type === 'existing')
    .map(({ stackId, role }) => {
      const stack = stacks.all.find(({ id }) => id === stackId);
      const policies = stack ? stacks.policiesForOwner(stack) : [];
      const texts = policies.map((policy) => JSON.stringify(policy)).join(' ');
      const message = `not evaluated: the role ${role.arn} belongs to others; access is answered as if it had the policy that its owner is to give it, the output role_policy: ${texts}`;
      return { place: stackId, stops: false, message };
    });
