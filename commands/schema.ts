import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../topology/json-schema';
import { defineCommand } from './command';

export const command = defineCommand('schema', {}, async () => {
  writeFileSync('topologies/topology.schema.json', jsonSchema());
  return 0;
});
