import { App } from 'cdktf';
import { buildStacks } from './stacks/build-stacks';
import { loadTopology } from './topology/load';
import { TopologyError } from './topology/problem';

try {
  const topology = loadTopology(process.env.TOPOLOGY ?? 'topologies/orders.yaml');
  const app = new App();
  buildStacks(app, topology);
  app.synth();
} catch (error) {
  if (!(error instanceof TopologyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
