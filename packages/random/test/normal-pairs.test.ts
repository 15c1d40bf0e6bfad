import { Random } from '../src';
import { fillNormalPairs } from '../src/normal-pairs';

/** By the mathematical functions of the engine, in float64. */
function plainPairs(words: Uint32Array): Float64Array {
  const values = new Float64Array(words.length);
  for (let i = 0; i < words.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((words[i] + 1) / 4294967296));
    const turn = words[i + 1] / 4294967296;
    values[i] = radius * Math.cos(turn * 2 * Math.PI);
    values[i + 1] = radius * Math.sin(turn * 2 * Math.PI);
  }
  return values;
}

function fill(words: Uint32Array): Float32Array {
  const values = new Float32Array(words.length);
  fillNormalPairs(values, words, 1);
  return values;
}

describe('fillNormalPairs', () => {
  it('gives the numbers of log, cos and sin in float32, but for what lies between two of them', () => {
    const random = Random.of(5, 'pairs');
    const words = Uint32Array.from({ length: 400_000 }, () => random.uint32());
    const plain = plainPairs(words);
    const differing = fill(words).filter((value, i) => value !== Math.fround(plain[i]));
    expect(differing.length).toBeLessThanOrEqual(1);
  });

  // Words at the borders of quarters and eighths of a turn, and of powers of 2.
  const borders = Array.from({ length: 33 }, (_, bits) => 2 ** bits).flatMap((power) => [power - 1, power, power + 1]);
  const turns = Array.from({ length: 8 }, (_, eighth) => eighth * 2 ** 29).flatMap((at) => [at - 1, at, at + 1]);
  const edges = [...borders, ...turns]
    .map((word) => (word < 0 ? word + 2 ** 32 : word))
    .filter((word) => word < 2 ** 32);

  it.each(edges)('is finite and right for the word %d', (word) => {
    for (const pair of [Uint32Array.of(word, 12345), Uint32Array.of(12345, word)]) {
      const [first, second] = fill(pair);
      const [cosine, sine] = plainPairs(pair);
      expect(Math.abs(first - cosine)).toBeLessThan(3e-7);
      expect(Math.abs(second - sine)).toBeLessThan(3e-7);
    }
  });

  it('fills an odd number of values', () => {
    const words = Uint32Array.of(7, 8, 9, 10);
    const values = new Float32Array(3);
    fillNormalPairs(values, words, 2);
    expect([...values]).toEqual([...fill(words).subarray(0, 3)].map((value) => 2 * value));
  });
});
