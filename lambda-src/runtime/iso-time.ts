/**
 * Writes times as ISO 8601 in UTC, and remembers the last one: the lines of an invocation often have the same
 * millisecond, and its changes the same second.
 *
 * @returns takes milliseconds since 1970
 */
export function createIsoTime(): (time: number) => string {
  let [last, text] = [Number.NaN, ''];
  return (time) => {
    if (time !== last) [last, text] = [time, new Date(time).toISOString()];
    return text;
  };
}
