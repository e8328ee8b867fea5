import { defineProcessor } from './processor';
import { logSink } from './sinks/log';

/** The default function, of the sink `log`. */
export default defineProcessor(logSink());
