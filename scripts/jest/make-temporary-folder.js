// Jest's global set-up: what tests and their programs write to the temporary folder goes into one of this run.
'use strict';
const { chmodSync, mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  const folder = mkdtempSync(join(tmpdir(), 'featuremine-tests-'));
  chmodSync(folder, 0o755); // Some tests run programs as another user.
  process.env.TMPDIR = folder;
};
