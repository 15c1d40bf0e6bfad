import { correlation, hashDistance, mirroredSignature, signatureOf } from '../src/validate/perceptual-hash';

/** 32x32 pixels by a formula of x and y. */
const thumbnail = (grey: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: 1024 }, (_, i) => grey(i % 32, Math.floor(i / 32)));

const ramp = thumbnail((x) => 8 * x);

describe('signatureOf', () => {
  it('has a bit where a cell is brighter than its right neighbour: at the right edge of a ramp alone', () => {
    const { hash } = signatureOf(ramp);
    // Two rows of 16 cells a word: the last cell of each is brighter than the first, to which the row wraps around.
    expect([...hash]).toEqual(Array(8).fill(0x80008000));
  });
});

describe('hashDistance', () => {
  it('counts the bits that differ', () => {
    expect(hashDistance(Uint32Array.of(0b1011, 0xffffffff), Uint32Array.of(0b0010, 0))).toBe(34);
  });
});

describe('mirroredSignature', () => {
  it('is that of the mirrored image', () => {
    const picture = thumbnail((x, y) => (x * x + 7 * y) % 256);
    const mirrored = thumbnail((x, y) => ((31 - x) * (31 - x) + 7 * y) % 256);
    expect(mirroredSignature(signatureOf(picture))).toEqual(signatureOf(mirrored));
  });
});

describe('correlation', () => {
  it('is 1 for brighter and harder copies, −1 for the negative, and 0 against one colour', () => {
    const darker = ramp.map((value) => value / 2);
    expect(correlation(ramp, darker)).toBeCloseTo(1, 3);
    expect(
      correlation(
        ramp,
        ramp.map((value) => 255 - value),
      ),
    ).toBeCloseTo(-1, 6);
    expect(
      correlation(
        ramp,
        thumbnail(() => 100),
      ),
    ).toBe(0);
    expect(correlation(new Uint8Array(1024).fill(4), new Uint8Array(1024).fill(9))).toBe(1);
  });
});
