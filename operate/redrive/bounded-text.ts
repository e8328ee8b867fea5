/**
 * The text of a stream, of which no more is read than may be there, whatever its length was said to be.
 *
 * @param limit bytes
 * @throws RangeError if there is more
 */
export async function boundedText(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > limit) throw new RangeError(`it has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
