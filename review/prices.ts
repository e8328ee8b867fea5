import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ReviewError } from './problem';

const price = z.strictObject({ price: z.number().min(0), source: z.url() });
const amount = z.number().positive();

const schema = z.strictObject({
  date: z.iso.date(),
  region: z.string(),
  prices: z.strictObject({
    lambdaRequests: price,
    lambdaDurationArm64: price,
    lambdaDurationX86: price,
    streamReadsByLambda: price,
    logIngestion: price,
    s3Put: price,
    kmsKey: price,
    kmsRequests: price,
    alarm: price,
    dashboard: price,
    metric: price,
    changeDataCapture: price,
    kinesisShardHour: price,
    kinesisPut: price,
    kinesisStreamHour: price,
    kinesisIn: price,
    kinesisOut: price,
  }),
  assumptions: z.strictObject({
    changeSizeInKilobytes: amount,
    changesPerInvocation: amount,
    millisecondsPerInvocation: amount,
    millisecondsPerChange: amount,
    loggedKilobytesPerChange: amount,
    kmsRequestsPerMonthAndStream: amount,
    metricsPerMapping: amount,
    metricsPerFunction: amount,
    shardsPerTable: amount,
  }),
});

export type Prices = z.output<typeof schema>;
export type PriceName = keyof Prices['prices'];

/**
 * Reads the file of prices.
 *
 * @throws ReviewError with everything that is wrong with it
 */
export function loadPrices(file: string): Prices {
  const parsed = schema.safeParse(parse(readFileSync(file, 'utf8')));
  if (parsed.data) return parsed.data;
  throw new ReviewError(
    (parsed.error?.issues ?? [])
      .map(({ path, message }) => `${file} ${path.join('.')}: ${message}`)
      .join('\n'),
  );
}
