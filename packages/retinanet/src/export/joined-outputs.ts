import type { HostTensor } from '@featuremine/tensor-graph';
import { PYRAMID_LEVELS } from '../architecture';
import type { ExportedOutputs } from './exported-outputs';

/** The evaluation step's outputs for one image, level by level with a background column, as an export gives them. */
export function joinedOutputs(outputs: Readonly<Record<string, HostTensor>>, numClasses: number): ExportedOutputs {
  const parts = Array.from({ length: PYRAMID_LEVELS }, (_, level) => ({
    logits: outputs[`logits${level}`].data as Float32Array,
    deltas: outputs[`deltas${level}`].data as Float32Array,
  }));
  return {
    logits: joined(parts.map(({ logits }) => logits.filter((_, at) => at % (numClasses + 1) !== 0))),
    deltas: joined(parts.map(({ deltas }) => deltas)),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
