import { names } from '../../topology/names';
import type { Rule } from './rule';

/** The stacks subscribe nobody but an email address; of a topic that exists, its owner knows. */
export const unheardAlarms: Rule = ({ topology: { consumers } }) =>
  consumers
    .filter(({ alarms }) => !alarms || (alarms.topicArn ?? alarms.email) === undefined)
    .map(({ name, alarms, function: lambda }) => ({
      place: `consumers.${name}.alarms`,
      stops: false,
      message: alarms
        ? `these stacks subscribe nobody to the topic ${names.topic(lambda.name)}; write alarms.email or alarms.topicArn, or subscribe to it yourself`
        : `${lambda.name} has no alarms (alarms: false)`,
    }));
