/**
 * `npm run synth:hcl`: the stacks as HCL in `hcl.out/`, for people to read and for plain Terraform.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tidyHcl } from './tidy-hcl';

const OUTPUT = 'hcl.out';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.some((arg) => /^(-o|--output|--hcl)\b/.test(arg))) {
    console.error(`synth:hcl writes to ${OUTPUT}; leave out ${args.join(' ')}`);
    process.exitCode = 1;
    return;
  }
  // Terraform would read what is left of an earlier synthesis along with this one.
  rmSync(OUTPUT, { recursive: true, force: true });
  const { status } = spawnSync('cdktf', ['synth', '--hcl', '--output', OUTPUT, ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    return;
  }
  const stacks = path.join(OUTPUT, 'stacks');
  for (const stack of readdirSync(stacks)) {
    const file = path.join(stacks, stack, 'cdk.tf');
    writeFileSync(file, await tidyHcl(readFileSync(file, 'utf8')));
  }
}

main();
