import { unique } from '../lists';
import type { Found } from '../model';
import { STREAM_LABEL } from '../read/attributes';
import type { Resource } from '../read/resources';
import { accountsOf, differences, stateObject } from './place';
import type { Rule } from './rule';

/** What stacks take from the states of others. Of a state that is read, the whole object is known. */
export const remoteStates: Rule = ({ stacks, topology }) => {
  const accounts = accountsOf(topology);
  return stacks.resources('data.terraform_remote_state').flatMap((resource) => {
    const { config = {} } = resource.block;
    const stackId = String(config.key).replace(/^.*\/|\.tfstate$/g, '');
    const reader = accounts.get(resource.stack.id);
    const isKnown = reader && accounts.has(stackId);
    const expected = isKnown ? stateObject(stackId, topology.state, reader) : {};
    return [...differences(resource.place, config, expected), ...unchecked(resource)];
  });
};

/** Whoever may write a state decides on its outputs, unless a condition compares them. */
function unchecked(resource: Resource): Found[] {
  const { stack, address, block, stacks } = resource;
  const conditions = block.lifecycle?.postcondition?.map(({ condition }) => condition);
  const reference = new RegExp(`${address}\\.outputs\\.(\\w+)`, 'g');
  const used = [...JSON.stringify(stack.json).matchAll(reference)].map(([, name]) => name);
  return unique(used)
    .filter((name) => {
      const value = stacks.resolve(stack, address, `\${${address}.outputs.${name}}`);
      return !conditions?.includes(conditionOn(`self.outputs.${name}`, value));
    })
    .map((name) => ({
      place: resource.place,
      message: `uses the output ${name} of another state without a condition on its value; add the condition`,
    }));
}

/** The label of a stream is a time that AWS makes up. */
function conditionOn(output: string, value: string): string {
  return value.endsWith(STREAM_LABEL)
    ? `\${try(regex("^(.*/)[0-9T:.-]+$", ${output})[0], "") == "${value.slice(0, -STREAM_LABEL.length)}"}`
    : `\${try(${output}, "") == "${value}"}`;
}
