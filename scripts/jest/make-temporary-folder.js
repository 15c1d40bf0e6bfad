'use strict';
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Jest's global set-up: what tests and their programs write to the temporary folder goes into one of this run. */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'featuremine-tests-'));
};
