import { type RuntimeDates, runtimeDates } from '../../topology/runtimes';
import { type Found, placeOf, type Rule } from './rule';

/** As long before it deprecates a runtime, AWS begins to say so. */
const NOTICE_IN_DAYS = 180;
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;

/** A runtime with which Lambda updates no function stops a deployment; one whose end is near is a note. */
export const runtimes: Rule = {
  name: 'runtimes',
  check: ({ pipeline: { functions }, today }) =>
    functions.flatMap(({ name, resource }) => {
      const runtime = String(resource.block.runtime);
      const dates = runtimeDates(runtime);
      const found = dates && endOf(dates, today);
      if (!found) return [];
      const message = `${name} has the runtime ${runtime}: ${found.message}; write another as function.runtime`;
      return [{ place: placeOf(resource), stops: found.stops, message }];
    }),
};

function endOf(dates: RuntimeDates, today: Date): Omit<Found, 'place'> | undefined {
  const { deprecated, noCreation, noUpdate } = dates;
  if (Date.parse(noUpdate) <= today.getTime()) {
    return { stops: true, message: `Lambda has not updated functions with it since ${noUpdate}` };
  }
  const days = (Date.parse(deprecated) - today.getTime()) / DAY_IN_MILLISECONDS;
  if (days > NOTICE_IN_DAYS) return undefined;
  const until =
    days > 0
      ? `AWS maintains it until ${deprecated}`
      : `AWS has not maintained it since ${deprecated}`;
  return {
    stops: false,
    message: `${until}; Lambda creates functions with it until ${noCreation} and updates them until ${noUpdate}`,
  };
}
