'use strict';
// node measured-command.js SAMPLES PROGRAM ARGV…: runs a command in this process, and writes a line for each batch that
// a network has trained on (T) or looked at (E): resident bytes, and tensors that tfjs holds.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [samplesPath, program, ...argv] = process.argv.slice(2);
const packages = join(__dirname, '../../packages');
const { CompiledModel, tf } = require(join(packages, 'tensor-graph/dist'));
const { main } = require(join(packages, program, 'dist/cli.js'));

const samples = [];
for (const [method, mark] of [
  ['trainStep', 'T'],
  ['evaluation', 'E'],
]) {
  const compile = CompiledModel.prototype[method];
  CompiledModel.prototype[method] = function (...given) {
    const run = compile.apply(this, given);
    return async (inputs) => {
      const outputs = await run(inputs);
      samples.push(`${mark} ${process.memoryUsage.rss()} ${tf.memory().numTensors}`);
      return outputs;
    };
  };
}

main(argv).finally(() => writeFileSync(samplesPath, samples.join('\n')));
