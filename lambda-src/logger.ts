import { toJson } from './to-json';

/** Ascending. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Writes one line of JSON per call, whose fields CloudWatch Logs Insights finds by itself. Errors are
 * written with their stack and cause, sets as arrays, maps as objects, binaries as base64, BigInts as
 * digits. An error in place of the fields is the field `error`. A field that has the name of one that
 * every line has is left out.
 */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** What every line of an invocation says. */
export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  /** Whether it is the first of its execution environment. */
  readonly coldStart: boolean;
  /** Absent where X-Ray does not trace the function. */
  readonly xrayTraceId?: string;
}

export interface LoggerProps {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  readonly invocation: Invocation;
  readonly output: { write(line: string): unknown };
}

/** @returns undefined if the text is no level; its case does not matter */
export function findLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((name) => name === text.toUpperCase());
}

/**
 * @param text one of DEBUG, INFO, WARN, ERROR
 * @throws RangeError if it is another
 */
export function toLogLevel(text: string): LogLevel {
  const level = findLogLevel(text);
  if (!level) throw new RangeError(`LOG_LEVEL must be ${LOG_LEVELS.join(', ')}, got ${text}`);
  return level;
}

export function createLogger({ level: lowest, invocation, output }: LoggerProps): Logger {
  // Written once, not once per line.
  const invocationJson = JSON.stringify(invocation).slice(1, -1);
  const taken = new Set(['timestamp', 'level', 'message', ...Object.keys(invocation)]);

  const at = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(lowest)) return () => {};
    return (message: string, fields: object = {}) => {
      const timestamp = new Date().toISOString();
      let line = `{"timestamp":"${timestamp}","level":"${level}","message":${JSON.stringify(message)},${invocationJson}`;
      const named = fields instanceof Error ? { error: fields } : fields;
      for (const [name, value] of Object.entries(named ?? {})) {
        const json = taken.has(name) ? undefined : toJson(value);
        if (json !== undefined) line += `,${JSON.stringify(name)}:${json}`;
      }
      output.write(`${line}}\n`);
    };
  };
  return { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
}
