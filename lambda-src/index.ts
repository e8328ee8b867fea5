import { createHandler } from './handler';
import { jsonLog } from './logger';
import { LogSink } from './sinks/log-sink';

const log = jsonLog(process.stdout);

export const handler = createHandler(new LogSink(log), log);
