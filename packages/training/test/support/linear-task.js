'use strict';
// A small, real model in plain JavaScript, so that a child process can train it from the built files: a linear
// regression of 3 inputs with its own SGD with momentum in float32.
const { Random } = require('@featuremine/random');
const { writeSafetensors } = require('@featuremine/weights');

const TRUE_WEIGHTS = [1, -2, 0.5];
const BATCH_SIZE = 4;

class LinearModel {
  constructor() {
    this.weights = new Float32Array(3);
    this.momentum = new Float32Array(3);
  }

  readVariables() {
    const values = new Map();
    values.set('weights', this.weights.slice());
    values.set('momentum/weights', this.momentum.slice());
    return Promise.resolve(values);
  }

  writeVariables(values) {
    this.weights.set(values.get('weights'));
    this.momentum.set(values.get('momentum/weights'));
    return Promise.resolve();
  }

  step(inputs) {
    const { x, y, noise, learningRate } = inputs;
    const gradient = new Float32Array(3);
    let loss = 0;
    for (let i = 0; i < BATCH_SIZE; i++) {
      const row = x.data.subarray(i * 3, i * 3 + 3);
      const error = row.reduce((sum, value, k) => sum + value * this.weights[k], 0) - y.data[i] + noise;
      loss += (error * error) / BATCH_SIZE;
      for (let k = 0; k < 3; k++) gradient[k] += (2 * error * row[k]) / BATCH_SIZE;
    }
    const isFinite = Number.isFinite(loss);
    for (let k = 0; k < 3 && isFinite; k++) {
      this.momentum[k] = 0.9 * this.momentum[k] + gradient[k];
      this.weights[k] -= learningRate * this.momentum[k];
    }
    return { loss: scalar(loss), isFinite: scalar(isFinite ? 1 : 0), gradient: tensor([3], gradient) };
  }
}

function scalar(value) {
  return tensor([], Float32Array.of(value));
}

function tensor(shape, data) {
  return { dtype: 'float32', shape, data };
}

/** Batch `batch` of an epoch: data, and a random input of the step, from (seed, epoch, batch) only. */
function makeBatch(seed, epoch, batch) {
  const random = Random.of(seed, 'batch', epoch, batch);
  const x = Float32Array.from({ length: BATCH_SIZE * 3 }, () => random.normal());
  const y = new Float32Array(BATCH_SIZE);
  for (let i = 0; i < BATCH_SIZE; i++) y[i] = TRUE_WEIGHTS.reduce((sum, w, k) => sum + w * x[i * 3 + k], 0);
  return {
    inputs: { x: tensor([BATCH_SIZE, 3], x), y: tensor([BATCH_SIZE], y), noise: 0.01 * random.normal() },
    imageCount: BATCH_SIZE,
    files: Array.from({ length: BATCH_SIZE }, (_, i) => `epoch${epoch}-batch${batch}-${i}.jpg`),
  };
}

/** A task over a new model. `hooks` let a test look at, delay or break steps, batches and evaluations. */
function makeLinearTask({ seed = 0, stepsPerEpoch = 10, hooks = {} } = {}) {
  const model = new LinearModel();
  return {
    model,
    stepsPerEpoch,
    parameterCount: 3,
    data: { 'training images': `linear-${seed}` },
    bestMetric: { name: 'error', mode: 'min' },
    async step(inputs) {
      await hooks.beforeStep?.(inputs);
      return model.step(inputs);
    },
    async *batches(epoch, startBatch) {
      for (let batch = startBatch; batch < stepsPerEpoch; batch++) {
        await hooks.beforeBatch?.(epoch, batch);
        yield makeBatch(seed, epoch, batch);
      }
    },
    async evaluate(epoch, signal) {
      if (hooks.evaluate) return hooks.evaluate(epoch, signal);
      return { error: TRUE_WEIGHTS.reduce((sum, w, k) => sum + Math.abs(w - model.weights[k]), 0) };
    },
    saveWeights(path) {
      writeSafetensors(path, new Map([['weights', { dtype: 'F32', shape: [3], data: model.weights.slice() }]]));
      return Promise.resolve();
    },
  };
}

module.exports = { makeLinearTask };
