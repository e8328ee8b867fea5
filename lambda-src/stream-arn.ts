/** The table that a stream belongs to. */
export interface Stream {
  readonly region: string;
  /** AWS account of the table. */
  readonly account: string;
  readonly table: string;
}

const STREAM_ARN = /^arn:[^:]+:dynamodb:([^:]+):(\d+):table\/([^/]+)\/stream\//;

/** As many as there are mappings to the function: a batch is of one stream. */
const streams = new Map<string, Stream | undefined>();

/** @returns undefined if the ARN is not one of a DynamoDB stream */
export function parseStreamArn(arn: string | undefined = ''): Stream | undefined {
  if (!streams.has(arn)) streams.set(arn, parse(arn));
  return streams.get(arn);
}

function parse(arn: string): Stream | undefined {
  const [, region, account, table] = STREAM_ARN.exec(arn) ?? [];
  return region && account && table ? { region, account, table } : undefined;
}
