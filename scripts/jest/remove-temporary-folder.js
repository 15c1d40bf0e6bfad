'use strict';
const { rmSync } = require('node:fs');

/** Jest's global tear-down: nothing of the run stays in the temporary folder. */
module.exports = () => {
  rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 3 });
};
