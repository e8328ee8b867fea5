import type { IncomingHttpHeaders } from 'node:http';

export interface AwsRequest {
  /** Empty if no function has signed it. */
  readonly functionArn: string;
  /** As in `AWS_ENDPOINT_URL_<SERVICE>`: `CLOUDWATCH_LOGS`. */
  readonly service: string;
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What a call is refused with. */
export class AwsError extends Error {
  constructor(
    message: string,
    readonly code = 'NotPlayedLocally',
    readonly status = 400,
  ) {
    super(message);
  }
}

/** An error in the protocol of the caller, so that the SDK throws it with its name and message. */
export async function errorAnswer(request: AwsRequest, error: unknown): Promise<Answer> {
  const { message } = error as Error;
  const { status, code } = error instanceof AwsError ? error : new AwsError(message);
  const { service, headers } = request;
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') {
    const { cbor } = await import('@smithy/core/cbor');
    return {
      status,
      headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
      body: cbor.serialize({ __type: code, message }),
    };
  }
  const isQuery = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (service === 'S3' || isQuery) {
    const xml = `<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
    return {
      status,
      headers: { 'content-type': 'application/xml' },
      body: isQuery ? `<ErrorResponse>${xml}</ErrorResponse>` : xml,
    };
  }
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
