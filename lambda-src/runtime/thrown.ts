/**
 * What was thrown, or rejected with, as something that Lambda's runtime takes for an error.
 *
 * @param what for the message where nothing was thrown: `throw undefined`, `Promise.reject()`
 */
export function thrown(error: unknown, what: string): unknown {
  return (
    error ?? new TypeError(`${what} failed without an error: it threw or rejected with ${error}`)
  );
}
