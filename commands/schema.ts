import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../topology/json-schema';
import { defineCommand } from './command';
import { run } from './run';

/** `npm run schema` is for work on this project. The package does not have it: it would write into itself. */
run(
  defineCommand('schema', {}, async () => {
    writeFileSync('topologies/topology.schema.json', jsonSchema());
    return 0;
  }),
);
