import { fillNormalPairs } from './normal-pairs';

// A local name: a look-up in `Math` is slow inside jest's sandbox.
const { imul } = Math;

/** Numbers that an array is filled with at a time; even. */
const BLOCK = 4096;

/** The whole state of a Random: four unsigned 32-bit words. */
export type RandomState = readonly [number, number, number, number];

/**
 * Seeded random numbers (xoshiro128**), equal on every machine.
 *
 * Independent streams are made from keys, not from order: `Random.of(seed, 'augment', epoch, index)` is the same
 * numbers whoever asks first, so results do not depend on the number of workers.
 *
 * Source: Blackman and Vigna, Scrambled linear pseudorandom number generators, 2018 (xoshiro128**).
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  private constructor(state: RandomState) {
    [this.a, this.b, this.c, this.d] = state;
  }

  /** The stream named by these keys; each key is a finite number or a string. */
  static of(...keys: readonly (number | string)[]): Random {
    let hash = 0x9e3779b9;
    for (const key of keys) {
      const text = typeof key === 'number' ? `n${key}` : `s${key}`;
      for (let i = 0; i < text.length; i++) hash = mix(hash ^ text.charCodeAt(i));
      hash = mix(hash ^ 0x7f4a7c15);
    }
    const words: number[] = [];
    for (let i = 0; i < 4; i++) {
      hash = (hash + 0x9e3779b9) >>> 0;
      words.push(mix(hash ^ imul(i + 1, 0x85ebca6b)));
    }
    if (!words.some((word) => word > 0)) words[0] = 1;
    return new Random(words as unknown as RandomState);
  }

  /** A Random that goes on where `state()` was taken. */
  static fromState(state: RandomState): Random {
    return new Random(state);
  }

  state(): RandomState {
    return [this.a, this.b, this.c, this.d];
  }

  /** An unsigned 32-bit integer. */
  uint32(): number {
    const result = imul(rotate(imul(this.b, 5) >>> 0, 7), 9) >>> 0;
    const shifted = (this.b << 9) >>> 0;
    this.c = (this.c ^ this.a) >>> 0;
    this.d = (this.d ^ this.b) >>> 0;
    this.b = (this.b ^ this.c) >>> 0;
    this.a = (this.a ^ this.d) >>> 0;
    this.c = (this.c ^ shifted) >>> 0;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** A number in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
    return low + (high - low) * unit;
  }

  /** An integer in [0, count), without bias. */
  integer(count: number): number {
    const limit = 4294967296 - (4294967296 % count);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % count;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A number from the standard normal distribution (Box-Muller, one value a call). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fills an array with numbers from the normal distribution with mean 0 and this deviation, two from each pair of words. */
  fillNormal(values: Float32Array, deviation: number): Float32Array {
    for (let start = 0; start < values.length; start += BLOCK) {
      const part = values.subarray(start, start + BLOCK);
      fillNormalPairs(part, this.words(part.length + (part.length & 1)), deviation);
    }
    return values;
  }

  /** Fills an array with numbers in [low, high), one word each. */
  fillUniform(values: Float32Array, low: number, high: number): Float32Array {
    const scale = (high - low) / 4294967296;
    for (let start = 0; start < values.length; start += BLOCK) {
      const part = values.subarray(start, start + BLOCK);
      const words = this.words(part.length);
      for (let i = 0; i < part.length; i++) part[i] = low + scale * words[i];
    }
    return values;
  }

  /** A number from Beta(alpha, alpha2). */
  beta(alpha: number, alpha2: number): number {
    const x = this.gamma(alpha);
    const y = this.gamma(alpha2);
    return x / (x + y);
  }

  /** The numbers 0 … count − 1 in random order. */
  permutation(count: number): Int32Array {
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) order[i] = i;
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i];
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  /** One of the items, each as likely. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)];
  }

  // The next words of `uint32`, twice as fast: as signed integers in local names.
  private words(count: number): Uint32Array {
    const words = new Uint32Array(count);
    let [a, b, c, d] = [this.a | 0, this.b | 0, this.c | 0, this.d | 0];
    for (let i = 0; i < count; i++) {
      const product = imul(b, 5);
      words[i] = imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    [this.a, this.b, this.c, this.d] = [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
    return words;
  }

  // Marsaglia and Tsang, A simple method for generating gamma variables, 2000.
  private gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(1 - this.uniform(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = Math.pow(1 + c * x, 3);
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

function rotate(word: number, bits: number): number {
  return ((word << bits) | (word >>> (32 - bits))) >>> 0;
}

// The finaliser of MurmurHash3: every input bit changes half of the output bits.
function mix(word: number): number {
  let x = word >>> 0;
  x = imul(x ^ (x >>> 16), 0x85ebca6b);
  x = imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
