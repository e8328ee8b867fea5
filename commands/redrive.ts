import { constants } from 'node:os';
import { connect } from '../operate/redrive/aws';
import { redriveCommand } from '../operate/redrive/command';
import { readOptions } from '../operate/redrive/options';
import { ownPage } from '../topology/own-files';
import { defineTopologyCommand } from './topology';

/** Milliseconds within which one Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const ONE_INTERRUPT = 1_000;

export const OPTIONS = {
  consumer: { type: 'string', value: '<name>', does: 'a consumer of the topology file' },
  since: {
    type: 'string',
    value: '<time>',
    does: 'only batches that failed since then: 2h, 7d, 2026-01-02 or 2026-01-02T03:04:05Z',
  },
  role: { type: 'string', value: '<ARN>', does: "a role instead of the account's deploy role" },
  'dry-run': { type: 'boolean', does: 'list them, deliver and delete nothing' },
  json: {
    type: 'boolean',
    does: 'one JSON document on standard output, all else on standard error',
  },
} as const;

/** `npm run redrive` */
export const command = defineTopologyCommand(
  'redrive',
  OPTIONS,
  async (values, world) => {
    const options = readOptions(values, world.now, world.env);
    // The SDK's advice on Node.js is for the maintainers of this project, not for whoever runs it.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    return redriveCommand({ ...world, options, signal: interrupts(), connect });
  },
  `\nExit code: 0 if everything was delivered, 1 if not. Documentation: ${ownPage('failed-batches.md')}\n`,
);

/** Aborted by the first interrupt; the next one ends the process. */
function interrupts(): AbortSignal {
  const stop = new AbortController();
  let interrupted = 0;
  process.on('SIGINT', () => {
    if (!stop.signal.aborted) {
      console.error('Stopping after the batch that is being delivered; interrupt again to end now');
      interrupted = Date.now();
      stop.abort();
    } else if (Date.now() - interrupted > ONE_INTERRUPT) {
      process.exit(128 + constants.signals.SIGINT);
    }
  });
  return stop.signal;
}
