/**
 * Bytes of environment variables as Lambda counts them: names and values.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function environmentSize(variables: Readonly<Record<string, unknown>>): number {
  return Object.entries(variables).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`),
    0,
  );
}
