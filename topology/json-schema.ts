import { z } from 'zod';
import { topologySchema } from './schema';

/** The JSON Schema of topology files, for editors: the zod schema in another form. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(topologySchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      const { description } = jsonSchema;
      if (description !== undefined) jsonSchema.description = withFacts(description, jsonSchema);
    },
  });
  return `${JSON.stringify({ title: 'Topology', ...schema }, null, 2)}\n`;
}

/** Editors show the description of a key, but neither its range nor its default. */
function withFacts(
  description: string,
  { anyOf = [], minLength, maxLength, default: value, ...schema }: z.core.JSONSchema.BaseSchema,
): string {
  const ranges = [schema, ...anyOf].flatMap(rangeOf).join(', or ');
  return [
    description,
    ranges && `Range: ${ranges}.`,
    minLength !== undefined && `Length: ${minLength} to ${maxLength} characters.`,
    ['string', 'number', 'boolean'].includes(typeof value) && `Default: ${value}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function rangeOf({ const: only, minimum, maximum }: z.core.JSONSchema.BaseSchema): string[] {
  if (typeof only === 'number') return [String(only)];
  return minimum === undefined ? [] : [`${minimum} to ${maximum}`];
}
