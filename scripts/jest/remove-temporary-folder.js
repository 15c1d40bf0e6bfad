// Jest's global tear-down: nothing of the run stays in the temporary folder.
'use strict';
const { rmSync } = require('node:fs');

module.exports = () => {
  rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 3 });
};
