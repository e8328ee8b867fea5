import { type RuntimeDates, runtimeDates } from '../../topology/runtimes';
import type { Rule } from './rule';

/** As long before it deprecates a runtime, AWS begins to say so. */
const NOTICE_IN_MILLISECONDS = 180 * 24 * 60 * 60 * 1000;

/** A runtime with which Lambda updates no function stops a deployment; one whose end is near is a note. */
export const runtimes: Rule = ({ stacks, today }) =>
  stacks.resources('aws_lambda_function').flatMap((resource) => {
    const runtime = String(resource.block.runtime);
    const dates = runtimeDates(runtime);
    if (!dates || Date.parse(dates.deprecated) - today.getTime() > NOTICE_IN_MILLISECONDS)
      return [];
    const stops = Date.parse(dates.noUpdate) <= today.getTime();
    const end = stops
      ? `Lambda has not updated functions with it since ${dates.noUpdate}`
      : nearEnd(dates, today);
    const message = `${resource.text('function_name')} has the runtime ${runtime}: ${end}; write another as function.runtime`;
    return [{ place: resource.place, stops, message }];
  });

function nearEnd({ deprecated, noCreation, noUpdate }: RuntimeDates, today: Date): string {
  const isMaintained = Date.parse(deprecated) > today.getTime();
  const maintained = isMaintained ? 'maintains it until' : 'has not maintained it since';
  return `AWS ${maintained} ${deprecated}; Lambda creates functions with it until ${noCreation} and updates them until ${noUpdate}`;
}
