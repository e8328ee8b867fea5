/** What `npm run` starts, by subject. README.md and `help` are checked against it. */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Review: {
    synth: 'Writes the stacks as Terraform configuration, as JSON into cdktf.out/',
    'synth:hcl': 'Writes them as HCL into hcl.out/',
    review: 'Reports access, quotas and what would be destroyed, in review.out/',
    'diff -- <stack>': 'Shows what would change in AWS, in a stack or all that match',
  },
  Deploy: {
    "deploy -- '*'": 'Deploys all stacks in order: consumers, producers, subscriptions',
    'deploy -- <stack>...': "Deploys some, by id or pattern, such as 'subscription-orders-*'",
    "destroy -- '*'": 'Destroys all stacks, in reverse order',
  },
  Operate: {
    'redrive -- --consumer <name>': "Delivers a consumer's failed batches to its function again",
  },
  'Work on this project': {
    test: 'Runs all tests that need only Node.js',
    'test:e2e': 'Runs real Terraform against an emulator of AWS, or AWS_ENDPOINT_URL',
    lint: 'Checks code style, changes nothing',
    format: 'Checks code style and corrects it',
    typecheck: 'Checks types with TypeScript',
    schema: 'Writes topologies/topology.schema.json, made from topology/schema.ts',
    bench: 'Measures time and size, as ratios to references',
    help: 'Shows this list',
  },
};

/** What a command does, in one sentence. */
export function describe(command: string): string | undefined {
  return Object.values(COMMANDS)
    .flatMap(Object.entries<string>)
    .find(([usage]) => usage.split(' ')[0] === command)?.[1];
}
