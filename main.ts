import { App } from 'cdktf';
import { EntryError } from './constructs/bundle';
import { buildStacks } from './stacks/build-stacks';
import { loadTopology } from './topology/load';
import { TopologyError } from './topology/problem';

const file = process.env.TOPOLOGY ?? 'topologies/orders.yaml';
try {
  const topology = loadTopology(file);
  const app = new App();
  buildStacks(app, topology);
  app.synth();
} catch (error) {
  if (error instanceof TopologyError) console.error(error.message);
  else if (error instanceof EntryError) console.error(`${file} function.entry ${error.message}`);
  else throw error;
  process.exitCode = 1;
}
