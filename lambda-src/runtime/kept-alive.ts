/**
 * Keeps the event loop busy while a promise is pending. Where a processor waits for what never comes, Lambda's runtime
 * would answer `null`, which means success. Kept alive, the function times out and the batch fails.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html (null is a success)
 */
export async function keptAlive<T>(promise: PromiseLike<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
