const LINE_END = '\r\n';

/**
 * The bytes that were sent as `aws-chunked`: chunks with their sizes, and perhaps signatures and checksums, which are
 * left out.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @returns undefined if it is not such a body, or only a part of one
 */
export function decodeChunked(body: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let start = 0; ; ) {
    const endOfLine = body.indexOf(LINE_END, start);
    const [, size] = /^([\da-f]+)(;|$)/i.exec(body.toString('latin1', start, endOfLine)) ?? [];
    if (endOfLine < 0 || size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(chunks);
    const from = endOfLine + LINE_END.length;
    chunks.push(body.subarray(from, from + length));
    start = from + length + LINE_END.length;
  }
}
