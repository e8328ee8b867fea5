import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonSchema } from '../../topology/json-schema';
import { SHIPPED } from '../helpers/shipped-topologies';

const TOPOLOGIES = path.join(__dirname, '../../topologies');
test('topologies/topology.schema.json is up to date', () => {
  const written = readFileSync(path.join(TOPOLOGIES, 'topology.schema.json'), 'utf8');
  if (written !== jsonSchema()) {
    throw new Error('topologies/topology.schema.json is stale: run `npm run schema`');
  }
});

test.each(SHIPPED)('%s names the schema on its first line', (file) => {
  const [line] = readFileSync(path.join(TOPOLOGIES, file), 'utf8').split('\n');
  expect(line).toBe('# yaml-language-server: $schema=topology.schema.json');
});

test('the JSON Schema describes every key', () => {
  const undescribed = (node: unknown, where: string): string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const keys = Object.entries(Reflect.get(node, 'properties') ?? {}).flatMap(([key, value]) =>
      value === false || 'description' in Object(value) ? [] : [`${where}.${key}`],
    );
    return [
      ...keys,
      ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${where}.${key}`)),
    ];
  };
  expect(undescribed(JSON.parse(jsonSchema()), '')).toEqual([]);
});
