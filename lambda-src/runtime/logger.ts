import { findLogLevel, LOG_LEVEL, LOG_LEVELS, type LogLevel } from '../contract';
import { isChangeEvent } from './change-event';
import { createIsoTime } from './iso-time';
import { attempt, NOT_READABLE, toJson } from './to-json';

/**
 * Writes one line of JSON per call, whose fields CloudWatch Logs Insights discovers. Errors are written with their stack,
 * cause and errors, sets as arrays, maps as objects, binaries as base64, BigInts as digits, invisible characters as escapes. An
 * error in place of the fields becomes the field `error`. Fields named as one that every line has are left out, and so
 * is `_aws`, at the root of the line, of which CloudWatch would make metrics of a table's data.
 *
 * CloudWatch Logs loses a line that is too long. It is shortened, with its size in the field `bytes`: a change without
 * its images and at least at WARN, other fields as far as they fit.
 */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/**
 * Bytes of a line, in UTF-8. CloudWatch Logs takes 1 MB since 2025, and 256 KB in Regions that do not have
 * that yet; 26 bytes are its own.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export const LONGEST_LINE = 262_144 - 26;

/** Characters that are kept of a text or field that is too long. */
const SHORTENED = 8_000;

const isoTime = createIsoTime();

/** @throws RangeError if the text is not a level */
export function toLogLevel(text: string): LogLevel {
  const level = findLogLevel(text);
  if (!level) throw new RangeError(`${LOG_LEVEL} must be ${LOG_LEVELS.join(', ')}, got ${text}`);
  return level;
}

/**
 * @param lowest level that is written
 * @param invocation what every line of it has
 */
export function createLogger(
  lowest: LogLevel,
  invocation: object,
  output: { write(line: string): unknown },
): Logger {
  // Written once, not once per line.
  const invocationJson = JSON.stringify(invocation).slice(1, -1);
  const taken = new Set(['timestamp', 'level', 'message', '_aws', ...Object.keys(invocation)]);

  const at = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(lowest)) return () => {};
    return (given: string, fields: object = {}) => {
      const message = toText(given);
      const timestamp = isoTime(Date.now());
      const own = entriesOf(fields).filter(([name]) => !taken.has(name));
      let line = beginning(timestamp, level, message, invocationJson);
      for (const [name, value] of own) {
        const json = toJson(value);
        if (json !== undefined) line += `,${toJson(name)}:${json}`;
      }
      const bytes = sizeOf(line);
      if (bytes > LONGEST_LINE) {
        const hasChange = own.some(([, value]) => isChangeEvent(value));
        const raised = hasChange && level !== 'ERROR' ? 'WARN' : level;
        line = beginning(timestamp, raised, shorten(message), invocationJson);
        line += `,"bytes":${bytes}`;
        for (const [name, value] of own) {
          const json = toShortJson(value);
          const field = json === undefined ? '' : `,${toJson(name)}:${json}`;
          if (sizeOf(line) + sizeOf(field) <= LONGEST_LINE) line += field;
        }
      }
      output.write(`${line}}\n`);
    };
  };
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}

function beginning(
  timestamp: string,
  level: LogLevel,
  message: string,
  invocation: string,
): string {
  return `{"timestamp":"${timestamp}","level":"${level}","message":${toJson(message)},${invocation}`;
}

/** With the brace and the line break at its end. A character has at most three bytes. */
function sizeOf(text: string): number {
  return (text.length * 3 <= LONGEST_LINE ? text.length : Buffer.byteLength(text)) + 2;
}

/** JavaScript, or a cast, may pass any value; an object is written as its JSON. */
function toText(message: unknown): string {
  if (typeof message === 'string') return message;
  const json = typeof message === 'object' ? toJson(message) : undefined;
  return json ?? attempt(() => String(message));
}

/** Logging never fails: what throws when it is read is written as not readable. */
function entriesOf(fields: unknown): [name: string, value: unknown][] {
  if (attempt(() => fields instanceof Error) === true) return [['error', fields]];
  const all = Object(fields);
  const names = attempt(() => Object.keys(all));
  if (names === NOT_READABLE) return [['fields', NOT_READABLE]];
  return names.map((name) => [name, attempt(() => all[name])]);
}

function shorten(text: string): string {
  return text.length <= SHORTENED ? text : `${text.slice(0, SHORTENED)}…`;
}

/** A change without its images, but with their bytes; of any other value the beginning of its JSON. */
function toShortJson(value: unknown): string | undefined {
  if (isChangeEvent(value)) {
    const { oldImage, newImage, ...others } = value;
    const bytes = { oldImageBytes: bytesOf(oldImage), newImageBytes: bytesOf(newImage) };
    return toJson({ ...others, ...bytes });
  }
  const json = toJson(value);
  return json === undefined || json.length <= SHORTENED ? json : toJson(shorten(json));
}

function bytesOf(image: object | undefined): number | undefined {
  return image && Buffer.byteLength(toJson(image) ?? '');
}
