'use strict';
const { existsSync, readdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');

// Tests run from the sources: @featuremine/x is packages/x/src. Only worker threads need the built files.
const common = {
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^@featuremine/([^/]+)$': '<rootDir>/packages/$1/src',
    '^@featuremine/([^/]+)/(browser|text)$': '<rootDir>/packages/$1/src/$2',
  },
  testEnvironment: '<rootDir>/scripts/jest/native-environment.js',
  rootDir: __dirname,
};

/** One project a package, and a second one for its tests that load TensorFlow. */
const projects = readdirSync(join(__dirname, 'packages')).flatMap((name) => {
  const folder = join(__dirname, 'packages', name, 'test');
  if (!existsSync(folder)) return [];
  const fast = { ...common, displayName: name, testMatch: [`<rootDir>/packages/${name}/test/*.test.ts`] };
  const tf = { ...common, displayName: `${name}-tf`, testMatch: [`<rootDir>/packages/${name}/test/tf/**/*.test.ts`] };
  return existsSync(join(folder, 'tf')) ? [fast, tf] : [fast];
});
projects.push({ ...common, displayName: 'whole', testMatch: ['<rootDir>/test/**/*.test.ts'] });

module.exports = {
  projects,
  // jest's own number for two cores is one: half of the machine would wait.
  testTimeout: 30_000,
  maxWorkers: Math.max(2, availableParallelism() - 1),
  globalSetup: '<rootDir>/scripts/jest/make-temporary-folder.js',
  globalTeardown: '<rootDir>/scripts/jest/remove-temporary-folder.js',
};
