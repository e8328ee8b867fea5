/** `npm run schema`: writes topologies/topology.schema.json. */
import { writeFileSync } from 'node:fs';
import { jsonSchema } from '../topology/json-schema';

writeFileSync('topologies/topology.schema.json', jsonSchema());
