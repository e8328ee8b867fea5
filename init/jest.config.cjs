/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out/', '<rootDir>/hcl.out/'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
    ],
  },
  // Packages may be ES modules, which jest does not load as they are. These have CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(cdktf|constructs|dynamodb-cross-account-streams|@?jest[^/]*)/',
  ],
};
