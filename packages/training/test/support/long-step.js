'use strict';
// node long-step.js: one TensorFlow step of many seconds, under the watch of the training's signals.
const { CompiledModel, tf } = require('@featuremine/tensor-graph');
const { watchStopSignals } = require('../../dist/stop-signals.js');

const SIDE = 1000;
const PRODUCTS = 1000;

watchStopSignals((name) => process.stdout.write(`${name}\n`));
const model = new CompiledModel({ seed: 0, threads: 1, variables: [] });
const step = model.evaluation('long', (_, { x }) => {
  let y = x;
  for (let i = 0; i < PRODUCTS; i++) y = tf.mul(tf.matMul(y, x), 1 / SIDE);
  return { sum: tf.sum(y) };
});
const x = { dtype: 'float32', shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1) };
const done = step({ x });
// Recorded and begun: the event loop is free again.
setImmediate(() => process.stdout.write('begun\n'));
done.then(() => process.stdout.write('done\n'));
