import { storeWeight } from '../src/quantize-weights';

/** As tfjs reads them: value = q · scale + min. */
function restored(values: number[]): number[] {
  const { bytes, quantization } = storeWeight(Float32Array.from(values), 'uint8');
  return Array.from(bytes, (q) => q * quantization!.scale! + quantization!.min!);
}

describe('storeWeight', () => {
  it('keeps float32 as its bytes', () => {
    const stored = storeWeight(Float32Array.of(1, -2), 'float32');
    expect([...stored.bytes]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    expect(stored.quantization).toBeUndefined();
  });

  it('rounds to half precision in little-endian order', () => {
    const stored = storeWeight(Float32Array.of(1, -0.5), 'float16');
    expect([...stored.bytes]).toEqual([0, 0x3c, 0, 0xb8]);
    expect(stored.quantization).toEqual({ dtype: 'float16', original_dtype: 'float32' });
  });

  it('stores steps of a 255th of the range, in which 0 is exact', () => {
    const values = [-1, -0.3, 0, 0.1, 1.55];
    const scale = 2.55 / 255;
    restored(values).forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThanOrEqual(scale / 2 + 1e-9));
    expect(Math.abs(restored(values)[2])).toBeLessThan(1e-12);
  });

  it('has 0 in the range of values of one sign', () => {
    const [low, high] = restored([2, 4]);
    expect(low).toBeCloseTo(2, 1);
    expect(high).toBeCloseTo(4, 5);
  });

  it('keeps zeros', () => {
    expect(restored([0, 0])).toEqual([0, 0]);
  });
});
