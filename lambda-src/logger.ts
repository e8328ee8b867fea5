/** Writes one structured line. */
export type Log = (level: 'INFO' | 'ERROR', message: string, fields: object) => void;

/**
 * One JSON object a line, whose fields CloudWatch Logs Insights finds by itself. Sets are written as
 * arrays, binaries as base64.
 */
export function jsonLog(output: { write(line: string): unknown }): Log {
  return (level, message, fields) => {
    output.write(`${JSON.stringify({ level, message, ...fields }, toJson)}\n`);
  };
}

function toJson(_key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
