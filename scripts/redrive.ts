/** `npm run redrive`: delivers failed batches to the function again. */
import { connect } from '../redrive/aws';
import { redriveCommand } from '../redrive/command';

async function main(): Promise<void> {
  const stop = new AbortController();
  // Only the first time: the next interrupt ends the process as usual.
  process.once('SIGINT', () => {
    console.error('Stopping after the batch that is being delivered; interrupt again to end now');
    stop.abort();
  });
  process.exitCode = await redriveCommand({
    args: process.argv.slice(2),
    topologyFile: process.env.TOPOLOGY ?? 'topologies/orders.yaml',
    now: new Date(),
    signal: stop.signal,
    connect,
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

main();
