'use strict';
// How far numbers lie from those expected. Two lists of different lengths, and lists with a NaN, are infinitely far apart.

/**
 * |a − b| / |b|, Euclidean.
 *
 * @param {ArrayLike<number>} ours
 * @param {ArrayLike<number>} expected
 */
function relativeL2(ours, expected) {
  if (ours.length !== expected.length) return Infinity;
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (ours[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return orInfinity(Math.sqrt(difference) / Math.max(Math.sqrt(size), 1e-30));
}

/**
 * max|a − b| / max|b|.
 *
 * @param {ArrayLike<number>} ours
 * @param {ArrayLike<number>} expected
 */
function relativeMaximum(ours, expected) {
  let size = 0;
  for (let i = 0; i < expected.length; i++) size = Math.max(size, Math.abs(expected[i]));
  return largestDifference(ours, expected) / Math.max(size, 1e-30);
}

/**
 * max|a − b|.
 *
 * @param {ArrayLike<number>} ours
 * @param {ArrayLike<number>} expected
 */
function largestDifference(ours, expected) {
  if (ours.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(ours[i] - expected[i]));
  return orInfinity(largest);
}

/**
 * The variables of `expected` that `found` lacks, or has further away than a relative L2 of `limit`.
 *
 * @param {ReadonlyMap<string, Float32Array>} found
 * @param {ReadonlyMap<string, Float32Array>} expected
 * @param {number} limit
 */
function differing(found, expected, limit) {
  return [...expected]
    .map(([variable, values]) => ({ variable, error: relativeL2(found.get(variable) ?? [], values) }))
    .filter(({ error }) => !(error <= limit));
}

/** @param {number} distance */
function orInfinity(distance) {
  return Number.isNaN(distance) ? Infinity : distance;
}

module.exports = { differing, largestDifference, relativeL2, relativeMaximum };
