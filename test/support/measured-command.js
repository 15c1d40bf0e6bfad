'use strict';
// node measured-command.js SAMPLES PROGRAM ARGV…: runs a command in this process, and writes a line for every tenth batch
// that a network has trained on (T) or looked at (E): its number, resident bytes, and tensors that tfjs holds. Before it
// looks, garbage is collected and the C library gives back what is free: what is left is in use.
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const koffi = require('koffi');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const EVERY = 10;

const [samplesPath, program, ...argv] = process.argv.slice(2);
const packages = join(__dirname, '../../packages');
const { CompiledModel, tf } = require(join(packages, 'tensor-graph/dist'));
const { main } = require(join(packages, program, 'dist/cli.js'));

const samples = [];
const counts = { T: 0, E: 0 };
// Loaded late: TensorFlow's loader sets koffi's stacks before koffi's first library.
let trim;

function sample(mark) {
  counts[mark]++;
  if (counts[mark] % EVERY !== 0) return;
  trim ??= koffi.load('libc.so.6').func('malloc_trim', 'int', ['size_t']);
  collectGarbage();
  trim(0);
  samples.push(`${mark} ${counts[mark]} ${process.memoryUsage.rss()} ${tf.memory().numTensors}`);
}

for (const [method, mark] of [
  ['trainStep', 'T'],
  ['evaluation', 'E'],
]) {
  const compile = CompiledModel.prototype[method];
  CompiledModel.prototype[method] = function (...given) {
    const run = compile.apply(this, given);
    return async (inputs) => {
      const outputs = await run(inputs);
      sample(mark);
      return outputs;
    };
  };
}

main(argv).finally(() => writeFileSync(samplesPath, samples.join('\n')));
