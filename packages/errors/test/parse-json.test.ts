import * as fc from 'fast-check';
import { parseJson } from '../src';

describe('parseJson', () => {
  it('gives what JSON.parse gives, whatever brackets and quotes the texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(parseJson('["[[[[", "\\"[[", "\\\\", "]"]', 1)).toEqual(['[[[[', '"[[', '\\', ']']);
  });

  it('counts arrays and objects, one inside the other', () => {
    expect(parseJson('[{"a":[1]}]', 3)).toEqual([{ a: [1] }]);
    expect(() => parseJson('[{"a":[1]}]', 2)).toThrow('it is nested more than 2 deep');
    expect(parseJson('[[],[],[]]', 2)).toEqual([[], [], []]);
  });

  it('refuses a million brackets at once', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(() => parseJson(deep)).toThrow(SyntaxError);
  });
});
