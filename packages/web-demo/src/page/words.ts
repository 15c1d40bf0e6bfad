import type { FoundObject } from '@featuremine/retinanet/browser';

/** A score in whole percent: `93 %`. */
export function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}

/** A duration: `4.2 ms`, `310 ms`. */
export function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** What was found, in a sentence: `3 objects: 2 × ring, 1 × cross.`, the most frequent class first. */
export function summaryOf(objects: readonly FoundObject[], hiddenCount: number): string {
  const hidden = hiddenCount === 0 ? '' : ` ${hiddenCount} more below the least score.`;
  if (objects.length === 0) return `Nothing found.${hidden}`;
  const counts = new Map<string, number>();
  for (const { class: name } of objects) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} × ${name}`);
  return `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}: ${parts.join(', ')}.${hidden}`;
}
