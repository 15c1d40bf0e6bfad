import { FaultList } from '../src';

describe('FaultList', () => {
  it('keeps the first 1,000 faults and counts the others', () => {
    const faults = new FaultList('a.json', 'Correct it');
    for (let i = 0; i < 5000; i++) faults.add(`fault ${i}`);
    expect(faults.count).toBe(5000);
    expect(faults.lines()).toHaveLength(1001);
    expect(faults.lines().slice(-2)).toEqual(['fault 999', 'and 4000 more']);
    expect(() => faults.throwIfAny()).toThrow(/^a\.json: 5000 faults:\n {2}fault 0\n[^]*fault 19\n {2}and 4980 more\n/);
  });
});
