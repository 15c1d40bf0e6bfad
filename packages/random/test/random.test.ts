import { Random } from '../src';

describe('Random', () => {
  it('gives the same numbers for the same keys, and others for other keys', () => {
    const draw = (...keys: (number | string)[]): number[] => {
      const random = Random.of(...keys);
      return [random.uint32(), random.uint32(), random.uint32()];
    };
    expect(draw(1, 'augment', 2, 3)).toEqual(draw(1, 'augment', 2, 3));
    const streams = [draw(1), draw('1'), draw(1, 1), draw(11), draw(1, 'augment', 3, 2), draw(1, 'augment', 2, 3)];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
  });

  it('goes on where its state was taken', () => {
    const random = Random.of(7);
    random.normal();
    const copy = Random.fromState(random.state());
    expect([copy.uint32(), copy.normal()]).toEqual([random.uint32(), random.normal()]);
  });

  it('draws each integer equally often', () => {
    const random = Random.of('integers');
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60000; i++) counts[random.integer(6)]++;
    // The deviation of a count of 10,000 is 91: five of them are never reached by chance.
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(460);
  });

  it('draws normal, uniform and beta numbers with their mean and deviation', () => {
    const random = Random.of('moments');
    const moments = (values: Float32Array): { mean: number; deviation: number } => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return { mean, deviation: Math.sqrt(variance) };
    };
    const count = 40001;
    const normal = moments(random.fillNormal(new Float32Array(count), 2));
    expect(normal.mean).toBeCloseTo(0, 1);
    expect(normal.deviation).toBeCloseTo(2, 1);
    const uniform = moments(random.fillUniform(new Float32Array(count), -3, 1));
    expect(uniform.mean).toBeCloseTo(-1, 1);
    expect(uniform.deviation).toBeCloseTo(4 / Math.sqrt(12), 1);
    const single = moments(Float32Array.from({ length: count }, () => random.normal()));
    expect(single.deviation).toBeCloseTo(1, 1);
    const beta = moments(Float32Array.from({ length: count }, () => random.beta(2, 6)));
    expect(beta.mean).toBeCloseTo(0.25, 2);
    expect(beta.deviation).toBeCloseTo(Math.sqrt(12 / (64 * 9)), 2);
  });

  it.each([1, 2, 4095, 4096, 4097, 10001])(
    'fills %i numbers with the words of uint32, and goes on behind them',
    (count) => {
      const [filled, single] = [Random.of('fill'), Random.of('fill')];
      const uniform = filled.fillUniform(new Float32Array(count), 0, 1);
      expect(uniform).toEqual(Float32Array.from({ length: count }, () => single.uint32() / 4294967296));
      const normal = filled.fillNormal(new Float32Array(count), 1);
      const pairs = Array.from({ length: Math.ceil(count / 2) }, () => {
        const radius = Math.sqrt(-2 * Math.log((single.uint32() + 1) / 4294967296));
        const angle = (single.uint32() * 2 * Math.PI) / 4294967296;
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      });
      expect(normal).toEqual(Float32Array.from(pairs.flat().slice(0, count)));
      expect(filled.state()).toEqual(single.state());
    },
  );

  it('permutes: every number once, and every order possible', () => {
    const random = Random.of('order');
    const orders = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const order = [...random.permutation(3)];
      expect([...order].sort()).toEqual([0, 1, 2]);
      orders.add(order.join());
    }
    expect(orders.size).toBe(6);
  });
});
