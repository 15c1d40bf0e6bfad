import type { RecordedNode } from './graph-recorder';
import { elementCount } from './host-tensor';

/** Ops whose output is the memory of their first input, or of a variable. */
const WITHOUT_MEMORY = new Set(['Identity', 'ReadVariableOp', 'Reshape']);

/**
 * The most bytes that values of nodes hold at once when they are made in this order, in float32, and each is freed after the
 * last node that takes it.
 */
export function peakLiveBytes(nodes: readonly RecordedNode[]): number {
  const ownerOf = new Map<string, string>();
  const owners = (inputs: readonly string[]): string[] =>
    inputs.filter((input) => !input.startsWith('^')).map((input) => ownerOf.get(input) ?? input);
  const lastUse = new Map<string, number>();
  nodes.forEach(({ name, op, inputs }, index) => {
    const values = owners(inputs);
    for (const value of values) lastUse.set(value, index);
    if (WITHOUT_MEMORY.has(op) && values.length > 0) ownerOf.set(name, values[0]);
  });
  const bytesOf = new Map<string, number>();
  let [live, peak] = [0, 0];
  nodes.forEach(({ name, op, inputs, outputs }, index) => {
    const made = outputs.map((_, i) => (i === 0 ? name : `${name}:${i}`));
    made.forEach((value, i) => {
      const bytes = WITHOUT_MEMORY.has(op) ? 0 : 4 * elementCount(outputs[i].shape);
      bytesOf.set(value, bytes);
      live += bytes;
    });
    peak = Math.max(peak, live);
    for (const value of new Set([...owners(inputs), ...made])) {
      if ((lastUse.get(value) ?? index) > index) continue;
      live -= bytesOf.get(value) ?? 0;
      bytesOf.delete(value);
    }
  });
  return peak;
}
