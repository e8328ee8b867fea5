const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

// The Testing of cdktf leaves folders there.
const temporary = mkdtempSync(path.join(tmpdir(), 'jest-'));
process.env.TMPDIR = temporary;
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));

/** @type {import('jest').Config} */
const shared = {
  rootDir: __dirname,
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
  },
  moduleNameMapper: {
    '/private/stack-trace$|^\\./stack-trace$': '<rootDir>/__tests__/helpers/no-stack-trace.ts',
    '^dynamodb-cross-account-streams$': '<rootDir>/index.ts',
    '^dynamodb-cross-account-streams/(processor|testing)$': '<rootDir>/lambda-src/$1.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/hcl.out/'],
};

module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{__tests__,init/__tests__}/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/__tests__/e2e/'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/__tests__/e2e/**/*.test.ts'],
      globalSetup: '<rootDir>/e2e/setup.ts',
      globalTeardown: '<rootDir>/e2e/teardown.ts',
    },
  ],
};
