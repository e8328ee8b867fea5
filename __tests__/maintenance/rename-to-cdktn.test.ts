import { renameDependencies, renameImports } from '../../maintenance/rename-to-cdktn';
import packageJson from '../../package.json';

describe('imports', () => {
  test.each([
    ["import { App } from 'cdktf';", "import { App } from 'cdktn';"],
    ["import type { App } from 'cdktf';", "import type { App } from 'cdktn';"],
    ['import { App } from "cdktf";', 'import { App } from "cdktn";'],
    ["} from 'cdktf/lib/app';", "} from 'cdktn/lib/app';"],
    [
      "import { IamRole } from '@cdktf/provider-aws/lib/iam-role';",
      "import { IamRole } from '@cdktn/provider-aws/lib/iam-role';",
    ],
    ["export { App } from 'cdktf';", "export { App } from 'cdktn';"],
    ["import 'cdktf/testing';", "import 'cdktn/testing';"],
    ["await import('cdktf')", "await import('cdktn')"],
    ["require('@cdktf/hcl2json')", "require('@cdktn/hcl2json')"],
    ["require.resolve('cdktf')", "require.resolve('cdktn')"],
    ["from 'cdktf'; from 'cdktf'", "from 'cdktn'; from 'cdktn'"],
  ])('%s', (before, after) => {
    expect(renameImports(before)).toBe(after);
  });

  test.each([
    ["import { format } from './cdktf';"],
    ["import { app } from '../cdktf.json';"],
    ["import cli from 'cdktf-cli';"],
    ["import other from '@other/cdktf';"],
    ["spawnSync('cdktf', ['synth'])"],
    ["const output = 'cdktf.out/stacks';"],
    ['process.env.CDKTF_OUTDIR'],
  ])('no import of cdktf: %s', (source) => {
    expect(renameImports(source)).toBe(source);
  });
});

test('dependencies go by what the providers say; others keep their range', () => {
  const peers = { cdktn: '^0.24.0', constructs: '>=10.6.0 <10.8.0' };
  const before = {
    name: 'a',
    dependencies: {
      '@cdktf/hcl-tools': '^0.21.0',
      '@cdktf/provider-aws': '^21.22.1',
      cdktf: '^0.21.0',
      constructs: '^10.8.1',
      zod: '^4.6.7',
    },
    optionalDependencies: { 'cdktf-cli': '^0.21.0' },
  };
  expect(renameDependencies(before, peers)).toEqual({
    name: 'a',
    dependencies: {
      '@cdktn/hcl-tools': 'latest',
      '@cdktn/provider-aws': 'latest',
      cdktn: '^0.24.0',
      constructs: '>=10.6.0 <10.8.0',
      zod: '^4.6.7',
    },
  });
});

test('nothing of cdktf is left of the dependencies of this project', () => {
  const { dependencies } = renameDependencies(packageJson, { cdktn: '1', constructs: '2' });
  expect(Object.keys(dependencies).filter((name) => name.includes('cdktf'))).toEqual([]);
});
