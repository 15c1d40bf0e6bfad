import { threadsOf } from '../src';

describe('threadsOf', () => {
  it('shares the processors of a machine among its ranks, unless told otherwise', () => {
    const processors = { all: 16, own: 16 };
    expect(threadsOf({ localSize: 4 }, undefined, processors)).toBe(4);
    expect(threadsOf({ localSize: 32 }, undefined, processors)).toBe(1);
    expect(threadsOf({ localSize: 4 }, 7, processors)).toBe(7);
    expect(threadsOf({ localSize: 1 }, undefined, processors)).toBeUndefined();
  });

  it('keeps the processors that a rank is bound to', () => {
    expect(threadsOf({ localSize: 4 }, undefined, { all: 16, own: 5 })).toBe(5);
  });
});
