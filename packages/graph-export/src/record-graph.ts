import { frozenGraph, type FrozenGraphOptions, type StepFunction } from '@featuremine/tensor-graph';
import { anySize } from './any-size';
import type { ExportGraph } from './export-graph';
import { importGraph } from './import-graph';
import { simplify } from './simplify';

/** What a function is recorded with. */
export type RecordOptions = Pick<FrozenGraphOptions, 'variables' | 'values'> & {
  /** The shapes of its one input, `images`: one for a graph of this shape, two that differ for one of any shape. */
  readonly shapes: readonly [readonly number[]] | readonly [readonly number[], readonly number[]];
};

/**
 * The graph of a function of `images` with its weights in it, ready to be written. Where two shapes differ, sizes are
 * left open.
 *
 * @throws ExportError for a function that has no form in other runtimes, or depends on the size
 */
export async function recordGraph(fn: StepFunction, options: RecordOptions): Promise<ExportGraph> {
  const { variables, values, shapes } = options;
  const recorded = async (shape: readonly number[]): Promise<ExportGraph> => {
    const inputs = [{ name: 'images', dtype: 'float32', shape }] as const;
    return simplify(importGraph(await frozenGraph(fn, { variables, values, inputs })));
  };
  const first = await recorded(shapes[0]);
  return shapes[1] === undefined ? first : anySize(first, await recorded(shapes[1]));
}
