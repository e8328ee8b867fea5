import type { Pipeline, ProcessingFunction } from './pipeline';
import type { PriceName, Prices } from './prices';
import type { References } from './read/references';
import { resourcesOf, type Stack } from './read/stacks';
import { number } from './report/table';

/** One part of a cost, with how it comes about. */
export interface CostPart {
  readonly part: string;
  /** US dollars. */
  readonly amount: number;
  readonly how: string;
  readonly price: PriceName;
}

/** What a way of carrying changes costs. */
export interface Cost {
  readonly perMillionChanges: readonly CostPart[];
  readonly perMonth: readonly CostPart[];
}

/** The costs of one function: as it is, and behind a Kinesis stream in each table's account. */
export interface FunctionCost {
  readonly name: string;
  readonly streams: number;
  readonly direct: Cost;
  readonly kinesisProvisioned: Cost;
  readonly kinesisOnDemand: Cost;
}

const MILLION = 1_000_000;
const KILOBYTES_PER_GIGABYTE = 1_048_576;
const HOURS_PER_MONTH = 730;
/** Kilobytes of one payload unit. */
const PAYLOAD_UNIT = 25;

export function total(parts: readonly CostPart[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}

/** The cost of each function of the stacks that reads streams. */
export function calculateCosts(
  stacks: readonly Stack[],
  references: References,
  { functions, mappings }: Pipeline,
  prices: Prices,
): FunctionCost[] {
  return functions.flatMap((each) => {
    const own = mappings.filter(({ functionArn }) => functionArn === each.arn);
    if (own.length === 0) return [];
    const streams = new Set(own.map(({ streamArn }) => streamArn)).size;
    const batchSize = Math.min(...own.map(({ batchSize: size }) => size));
    const processing = processingParts(each, batchSize, prices);
    const stackIds = new Set([each, ...own].map(({ resource }) => resource.stack.id));
    const standing = [
      ...keyParts(stacks, references, own, each, prices),
      ...metricParts(own.filter(({ metrics }) => metrics).length, prices),
      ...watchingParts(stacks, stackIds, prices),
    ];
    return [
      {
        name: each.name,
        streams,
        direct: {
          perMillionChanges: [
            {
              part: 'reading the stream',
              amount: prices.prices.streamReadsByLambda.price,
              how: 'DynamoDB does not charge for what Lambda reads',
              price: 'streamReadsByLambda',
            },
            ...processing,
          ],
          perMonth: standing,
        },
        kinesisProvisioned: provisioned(streams, processing, standing, prices),
        kinesisOnDemand: onDemand(streams, processing, standing, prices),
      },
    ];
  });
}

/** What is the same, whatever carries the changes. */
function processingParts(
  { memorySize, architecture, sinkBucket }: ProcessingFunction,
  batchSize: number,
  { prices, assumptions }: Prices,
): CostPart[] {
  const changes = Math.min(assumptions.changesPerInvocation, batchSize);
  const invocations = MILLION / changes;
  const milliseconds =
    assumptions.millisecondsPerInvocation + changes * assumptions.millisecondsPerChange;
  const gigabyteSeconds = (invocations * milliseconds * memorySize) / 1024 / 1000;
  const duration: PriceName =
    architecture === 'arm64' ? 'lambdaDurationArm64' : 'lambdaDurationX86';
  return [
    {
      part: 'Lambda requests',
      amount: (invocations / MILLION) * prices.lambdaRequests.price,
      how: `${count(invocations)} invocations of ${changes} changes`,
      price: 'lambdaRequests',
    },
    {
      part: 'Lambda duration',
      amount: gigabyteSeconds * prices[duration].price,
      how: `${count(gigabyteSeconds)} GB-seconds: ${memorySize} MB (${architecture}), ${milliseconds} ms an invocation`,
      price: duration,
    },
    sinkBucket === undefined
      ? {
          part: 'log',
          amount:
            ((MILLION * assumptions.loggedKilobytesPerChange) / KILOBYTES_PER_GIGABYTE) *
            prices.logIngestion.price,
          how: `${assumptions.loggedKilobytesPerChange} KB a change`,
          price: 'logIngestion',
        }
      : {
          part: 'S3',
          amount: (invocations / 1000) * prices.s3Put.price,
          how: 'one object an invocation, its storage left out',
          price: 's3Put',
        },
  ];
}

/** Keys of the tables read, and of the topic of the alarms. */
function keyParts(
  stacks: readonly Stack[],
  references: References,
  mappings: Pipeline['mappings'],
  { resource }: ProcessingFunction,
  { prices, assumptions }: Prices,
): CostPart[] {
  const tables = new Set(mappings.map(({ streamArn }) => streamArn.replace(/\/stream\/.*$/, '')));
  const encrypted = resourcesOf(stacks, 'aws_dynamodb_table').filter(
    (table) =>
      references.optional(table, 'server_side_encryption.0.kms_key_arn') !== undefined &&
      tables.has(references.attribute(table, 'arn')),
  ).length;
  const own = resourcesOf([resource.stack], 'aws_kms_key').length;
  const keys: CostPart = {
    part: 'customer managed keys',
    amount: (encrypted + own) * prices.kmsKey.price,
    how: `${count(encrypted)} of tables, ${count(own)} of the function's stack`,
    price: 'kmsKey',
  };
  const requests: CostPart = {
    part: 'KMS requests',
    amount:
      ((encrypted * assumptions.kmsRequestsPerMonthAndStream) / 10_000) * prices.kmsRequests.price,
    how: `${count(assumptions.kmsRequestsPerMonthAndStream)} a stream`,
    price: 'kmsRequests',
  };
  return [...(encrypted + own > 0 ? [keys] : []), ...(encrypted > 0 ? [requests] : [])];
}

function metricParts(mappings: number, { prices, assumptions }: Prices): CostPart[] {
  const metrics = mappings * assumptions.metricsPerMapping + assumptions.metricsPerFunction;
  return [
    {
      part: 'metrics',
      amount: metrics * prices.metric.price,
      how: `${assumptions.metricsPerMapping} of each of ${count(mappings)} mappings, ${assumptions.metricsPerFunction} of the function`,
      price: 'metric',
    },
  ];
}

/** Alarms and dashboards in the stacks of the function and of its mappings. */
function watchingParts(
  stacks: readonly Stack[],
  stackIds: ReadonlySet<string>,
  { prices }: Prices,
): CostPart[] {
  const own = stacks.filter(({ id }) => stackIds.has(id));
  return [
    { type: 'aws_cloudwatch_metric_alarm', part: 'alarms', price: 'alarm' as const },
    { type: 'aws_cloudwatch_dashboard', part: 'dashboards', price: 'dashboard' as const },
  ].flatMap(({ type, part, price }) => {
    const { length } = resourcesOf(own, type);
    return length === 0
      ? []
      : [{ part, amount: length * prices[price].price, how: `${count(length)} ${part}`, price }];
  });
}

function provisioned(
  streams: number,
  processing: readonly CostPart[],
  standing: readonly CostPart[],
  file: Prices,
): Cost {
  const { prices, assumptions } = file;
  const units = Math.ceil(assumptions.changeSizeInKilobytes / PAYLOAD_UNIT);
  return {
    perMillionChanges: [
      capturePart(file),
      {
        part: 'Kinesis writes',
        amount: units * prices.kinesisPut.price,
        how: `${units} payload unit a change`,
        price: 'kinesisPut',
      },
      ...processing,
    ],
    perMonth: [
      ...standing,
      {
        part: 'Kinesis shards',
        amount:
          streams * assumptions.shardsPerTable * HOURS_PER_MONTH * prices.kinesisShardHour.price,
        how: `${count(streams * assumptions.shardsPerTable)} shards`,
        price: 'kinesisShardHour',
      },
    ],
  };
}

function onDemand(
  streams: number,
  processing: readonly CostPart[],
  standing: readonly CostPart[],
  file: Prices,
): Cost {
  const { prices, assumptions } = file;
  const size = assumptions.changeSizeInKilobytes;
  const gigabytesIn = (MILLION * Math.ceil(size)) / KILOBYTES_PER_GIGABYTE;
  const gigabytesOut = (MILLION * size) / KILOBYTES_PER_GIGABYTE;
  return {
    perMillionChanges: [
      capturePart(file),
      {
        part: 'Kinesis writes',
        amount: gigabytesIn * prices.kinesisIn.price,
        how: `${gigabytesIn.toFixed(2)} GB in`,
        price: 'kinesisIn',
      },
      {
        part: 'Kinesis reads',
        amount: gigabytesOut * prices.kinesisOut.price,
        how: `${gigabytesOut.toFixed(2)} GB out`,
        price: 'kinesisOut',
      },
      ...processing,
    ],
    perMonth: [
      ...standing,
      {
        part: 'Kinesis streams',
        amount: streams * HOURS_PER_MONTH * prices.kinesisStreamHour.price,
        how: `${count(streams)} streams`,
        price: 'kinesisStreamHour',
      },
    ],
  };
}

/** DynamoDB's own charge for sending changes to Kinesis. */
function capturePart({ prices, assumptions }: Prices): CostPart {
  const units = Math.ceil(assumptions.changeSizeInKilobytes);
  return {
    part: 'change data capture',
    amount: units * prices.changeDataCapture.price,
    how: `${units} unit a change`,
    price: 'changeDataCapture',
  };
}

function count(value: number): string {
  return number(Math.round(value));
}
