export interface Stream {
  readonly region: string;
  /** AWS account of the table. */
  readonly account: string;
  readonly table: string;
  /** When the stream was created. */
  readonly label: string;
}

/**
 * Each part in its own characters: they become object keys, and whoever may invoke the function can write any text.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const STREAM_ARN =
  /^arn:aws[a-z-]*:dynamodb:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):(\d{12}):table\/([A-Za-z0-9_.-]{3,255})\/stream\/([\w:.+-]{1,64})$/;

/** One per mapping to the function: a batch is of one stream. */
const streams = new Map<string, Stream | undefined>();

/** @returns undefined if the ARN is not one of a DynamoDB stream */
export function parseStreamArn(arn: string | undefined = ''): Stream | undefined {
  if (!streams.has(arn)) {
    const [, region, account, table, label] = STREAM_ARN.exec(arn) ?? [];
    const isStream = region && account && table && label;
    streams.set(arn, isStream ? { region, account, table, label } : undefined);
  }
  return streams.get(arn);
}
