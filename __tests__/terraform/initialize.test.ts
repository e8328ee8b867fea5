import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Initializer, LOCK_FILE } from '../../terraform/initialize';
import type { Terraform } from '../../terraform/program';

const folder = mkdtempSync(path.join(tmpdir(), 'initialize-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that says which stacks were being initialized when each began and ended. */
function recording() {
  const running = new Set<string>();
  const seen = new Map<string, Set<string>>();
  const look = () => {
    for (const stack of running) for (const other of running) seen.get(stack)?.add(other);
  };
  const run = async (stack: string) => {
    const name = path.basename(stack);
    running.add(name);
    seen.set(name, new Set());
    look();
    await new Promise(setImmediate);
    look();
    mkdirSync(path.join(stack, '.terraform', 'providers'), { recursive: true });
    writeFileSync(path.join(stack, LOCK_FILE), '');
    running.delete(name);
    return { succeeded: true, errors: [] };
  };
  return { terraform: { program: 'terraform', run } as unknown as Terraform, seen };
}

function stack(name: string, providers: readonly string[]): string {
  const place = path.join(folder, name);
  mkdirSync(place);
  const required_providers = Object.fromEntries(providers.map((each) => [each, { version: '1' }]));
  writeFileSync(
    path.join(place, 'cdk.tf.json'),
    JSON.stringify({ terraform: { required_providers } }),
  );
  return place;
}

test('the first stack with its providers is initialized while no other is', async () => {
  const { terraform, seen } = recording();
  const initializer = new Initializer(terraform, path.join(folder, 'cache'));
  const both = ['aws', 'archive'];
  const stacks = [
    stack('first of both', both),
    stack('second of both', both),
    stack('first of one', ['aws']),
    stack('third of both', both),
    stack('second of one', ['aws']),
  ];
  await Promise.all(stacks.map((each) => initializer.initialize(each)));
  const together = ['third of both', 'second of one'];
  expect(Object.fromEntries([...seen].map(([name, others]) => [name, [...others]]))).toEqual({
    'first of both': ['first of both'],
    'second of both': ['second of both'],
    'first of one': ['first of one'],
    'third of both': together,
    'second of one': expect.arrayContaining(together),
  });
});
