import { names } from '../../topology/names';
import type { Rule } from './rule';

/** The stacks subscribe nobody but an email address; of a topic that exists, its owner knows. */
export const unheardAlarms: Rule = {
  name: 'unheard-alarms',
  check: ({ topology: { consumers } }) =>
    consumers
      .filter(({ alarms }) => !alarms || (alarms.topicArn ?? alarms.email) === undefined)
      .map(({ name, alarms, function: { name: functionName } }) => ({
        place: `consumers.${name}.alarms`,
        stops: false,
        message: alarms
          ? `these stacks subscribe nobody to the topic ${names.topic(functionName)}; write alarms.email or alarms.topicArn, or subscribe to it yourself`
          : `${functionName} has no alarms (alarms: false)`,
      })),
};
