/** `npm run redrive`: delivers failed batches to the function again. */
import { constants } from 'node:os';
import { connect } from '../operate/redrive/aws';
import { redriveCommand } from '../operate/redrive/command';

/** Milliseconds within which one Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const ONE_INTERRUPT = 1_000;

async function main(): Promise<void> {
  // The SDK's advice on Node.js is for the maintainers of this project, not for whoever runs it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
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
  process.exitCode = await redriveCommand({
    args: process.argv.slice(2),
    env: process.env,
    topologyFile: process.env.TOPOLOGY ?? 'topologies/orders.yaml',
    now: new Date(),
    signal: stop.signal,
    connect,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

main();
