import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { mustBeApproved } from '../../commands/cdktf';

describe('a command without a terminal needs approval beforehand', () => {
  test.each<[string, string[], NodeJS.ProcessEnv]>([
    ['deploy', ['*'], {}],
    ['deploy', ['*', '--auto-approve=false'], {}],
    ['deploy', ['auto-approve'], {}],
    ['deploy', ['--autoapprove'], {}],
    ['destroy', ['*', '--auto-approve', 'false'], {}],
    ['destroy', ['producer-orders'], {}],
    ['destroy', ['*'], { CDKTF_AUTO_APPROVE: 'false' }],
  ])('%s %j with %j', (command, args, env) => {
    expect(mustBeApproved(command, args, env)).toBe(true);
  });
});

describe('a command with these needs no approval', () => {
  test.each<[string, string[], NodeJS.ProcessEnv]>([
    ['deploy', ['*', '--auto-approve'], {}],
    ['deploy', ['--autoApprove', '*'], {}],
    ['destroy', ['*', '--auto-approve=true'], {}],
    ['destroy', ['*'], { CDKTF_AUTO_APPROVE: 'true' }],
    ['deploy', ['--help'], {}],
    ['diff', ['producer-orders'], {}],
  ])('%s %j with %j', (command, args, env) => {
    expect(mustBeApproved(command, args, env)).toBe(false);
  });
});

// What README.md says of Node.js and deploy. Where the CLI is left out, its library is as well.
const packages = path.resolve(require.resolve('cdktf/package.json'), '..', '..');
const library = path.join(packages, '@cdktf', 'node-pty-prebuilt-multiarch', 'prebuilds');
const whereInstalled = existsSync(library) ? test : test.skip;
whereInstalled('the versions of Node.js are those that the terminal library is built for', () => {
  const abis = { '115': '20', '127': '22', '137': '24' };
  const built = ['linux-x64', 'linux-arm64', 'darwin-arm64'].map((machine) => {
    const files = readdirSync(path.join(library, machine));
    const versions = Object.entries(abis).filter(([abi]) => files.includes(`node.abi${abi}.node`));
    return [machine, ...versions.map(([, version]) => version)];
  });
  expect(built).toEqual([
    ['linux-x64', '20', '22'],
    ['linux-arm64', '20'],
    ['darwin-arm64', '20', '22'],
  ]);
});
