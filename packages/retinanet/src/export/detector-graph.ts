import { recordGraph } from '@featuremine/graph-export';
import type { ExportGraph } from '@featuremine/graph-export';
import type { StoredDetector } from '../read-detector';
import { inferenceStep } from './inference-step';
import type { InputSize } from './input-size';

// Two sizes that differ on both sides: what a network for any size has in common at both.
const SAMPLES = [
  [1, 128, 160, 3],
  [1, 192, 256, 3],
] as const;

/** The graph of a detector with its weights in it, for one size of images or for any. */
export function detectorGraph({ detector, values }: StoredDetector, size: InputSize): Promise<ExportGraph> {
  const { variables } = detector;
  const shapes = size === 'dynamic' ? SAMPLES : ([[1, size.height, size.width, 3]] as const);
  return recordGraph(inferenceStep(detector), { variables, values, shapes });
}
