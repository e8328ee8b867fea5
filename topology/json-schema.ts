import { z } from 'zod';
import { topologySchema } from './schema';

/** The JSON Schema of topology files, for editors: the zod schema in another form. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(topologySchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Topology', ...schema }, null, 2)}\n`;
}
