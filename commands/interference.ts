/** What would change what Terraform does, other than the stacks. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { foreignFiles } from '../review/comparison/compare';
import { UserError } from '../topology/problem';
import type { World } from './run';

const ARGUMENTS = 'its arguments would change what is planned and applied';

/** Variables of Terraform, and why they are refused. */
const REFUSED = {
  TF_WORKSPACE: 'the stacks have their states in the default workspace',
  TF_DATA_DIR: 'each stack has its own .terraform',
  TF_CLI_ARGS: ARGUMENTS,
  TF_CLI_ARGS_plan: ARGUMENTS,
  TF_CLI_ARGS_apply: ARGUMENTS,
  TF_CLI_ARGS_destroy: ARGUMENTS,
  TF_CLI_ARGS_show: ARGUMENTS,
};

/** @throws UserError of each variable */
export function refuseVariables(env: World['env']): void {
  const set = Object.entries(REFUSED).filter(([name]) => env[name]);
  const problems = set.map(([name, why]) => `${name} is set; unset it: ${why}`);
  if (env.TERRAFORM_BINARY_NAME === '') {
    problems.push('TERRAFORM_BINARY_NAME is empty; set it to terraform or tofu, or unset it');
  }
  if (problems.length > 0) throw new UserError(...problems);
}

/** @throws UserError of each file in folders of stacks that nobody reviewed and Terraform may take as input */
export function refuseFiles(folders: readonly string[]): void {
  const problems = folders.flatMap((folder) => {
    const foreign = foreignFiles(folder).map((file) => `${file} was not synthesized; delete it`);
    const selection = path.join(folder, '.terraform', 'environment');
    const workspace = existsSync(selection) ? readFileSync(selection, 'utf8').trim() : 'default';
    const isOther = workspace !== 'default' && workspace !== '';
    return isOther ? [...foreign, `${selection} selects another workspace; delete it`] : foreign;
  });
  if (problems.length > 0) throw new UserError(...problems);
}
