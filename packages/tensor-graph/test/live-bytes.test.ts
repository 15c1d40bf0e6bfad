import type { RecordedNode } from '../src/graph-recorder';
import { peakLiveBytes } from '../src/live-bytes';

/** A node whose outputs are so many float32 numbers each. */
function node(name: string, inputs: readonly string[], sizes: readonly number[], op = 'Op'): RecordedNode {
  const outputs = sizes.map((size, index) => ({ node: name, output: { oper: 1n, index }, dtype: 1, shape: [size] }));
  return { name, op, inputs, outputs, wantedName: name, attributes: [], staysFloat32: false };
}

describe('peakLiveBytes', () => {
  it.each<[string, RecordedNode[], number]>([
    ['nothing', [], 0],
    ['a chain, two neighbours at a time', [node('a', [], [5]), node('b', ['a'], [7]), node('c', ['b'], [6])], 13],
    ['what is kept for later', [node('a', [], [5]), node('b', ['a'], [7]), node('c', ['b', 'a'], [6])], 18],
    ['what nobody takes, freed at once', [node('a', [], [9]), node('b', [], [4, 2])], 9],
    ['outputs one by one', [node('a', [], [5, 8]), node('b', ['a:1'], [6]), node('c', ['a', 'b'], [1])], 19],
    ['a value that is taken twice', [node('a', [], [5]), node('b', ['a', 'a'], [7]), node('c', ['b'], [6])], 13],
    ['order alone, which keeps nothing', [node('a', [], [5]), node('b', ['^a'], [7]), node('c', ['b'], [6])], 13],
    [
      'the value of another shape, which is the same memory',
      [node('a', [], [5]), node('r', ['a'], [5], 'Reshape'), node('b', [], [7]), node('c', ['b', 'r'], [1])],
      13,
    ],
    ['a variable, which has its own', [node('v', ['h'], [5], 'ReadVariableOp'), node('b', ['v'], [7])], 7],
  ])('counts %s', (_name, nodes, numbers) => {
    expect(peakLiveBytes(nodes)).toBe(4 * numbers);
  });
});
