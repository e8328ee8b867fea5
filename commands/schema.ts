import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../topology/json-schema';
import { ownFile } from '../topology/own-files';
import { defineCommand } from './command';

export const command = defineCommand('schema', {}, async () => {
  writeFileSync(ownFile('topologies/topology.schema.json'), jsonSchema());
  return 0;
});
