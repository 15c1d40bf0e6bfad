import fc from 'fast-check';
import { decimalSum } from '../src';

describe('decimalSum', () => {
  it.each([
    ['0.1', '0.2', '0.3'],
    ['47.7', '-1', '46.7'],
    ['0.25', '-1', '-0.75'],
    ['1e-7', '1', '1.0000001'],
    ['1.5e+21', '.5', '1500000000000000000000.5'],
    ['5.', '-5', '0'],
    ['+2', '-0', '2'],
  ])('%s + %s is %s', (a, b, sum) => {
    expect(decimalSum(a, b)).toBe(sum);
  });

  it('takes back what it added, for any two numbers', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const minus = (x: number): string => (x === 0 ? '0' : String(-x));
        expect(Number(decimalSum(decimalSum(String(a), String(b)), minus(b)))).toBe(a + 0);
      }),
    );
  });
});
