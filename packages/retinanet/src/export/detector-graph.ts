import { anySize, importGraph, simplify } from '@featuremine/graph-export';
import type { ExportGraph } from '@featuremine/graph-export';
import { frozenGraph } from '@featuremine/tensor-graph';
import type { StoredDetector } from '../read-detector';
import { inferenceStep } from './inference-step';
import type { InputSize } from './input-size';

// Two sizes that differ on both sides: what a network for any size has in common at both.
const SAMPLE_SIZES = [
  { height: 128, width: 160 },
  { height: 192, width: 256 },
] as const;

/** The graph of a detector with its weights in it, for one size of images or for any. */
export async function detectorGraph(stored: StoredDetector, size: InputSize): Promise<ExportGraph> {
  if (size !== 'dynamic') return recorded(stored, size);
  const [first, second] = SAMPLE_SIZES;
  return anySize(await recorded(stored, first), await recorded(stored, second));
}

async function recorded(
  { detector, values }: StoredDetector,
  { height, width }: Exclude<InputSize, 'dynamic'>,
): Promise<ExportGraph> {
  const frozen = await frozenGraph(inferenceStep(detector), {
    variables: detector.variables,
    values,
    inputs: [{ name: 'images', dtype: 'float32', shape: [1, height, width, 3] }],
  });
  return simplify(importGraph(frozen));
}
