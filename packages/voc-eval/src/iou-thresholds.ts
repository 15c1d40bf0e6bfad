import { ConfigError } from '@featuremine/errors';

/** COCO's ten thresholds 0.50, 0.55, …, 0.95, to the bit as numpy's linspace makes them. */
export const cocoIouThresholds: readonly number[] = steps(0.5, 0.95);

/** The IoU thresholds of `--iou`: one number, or `0.50:0.95` for a range in steps of 0.05. ConfigError otherwise. */
export function parseIouThresholds(text: string): number[] {
  const bounds = text.split(':').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const areInside = bounds.every((bound) => bound > 0 && bound <= 1);
  if (areInside && bounds.length === 1) return [bounds[0]];
  if (areInside && bounds.length === 2 && bounds[0] < bounds[1]) return steps(bounds[0], bounds[1]);
  throw new ConfigError({
    where: '--iou',
    found: JSON.stringify(text),
    expected: 'a number above 0 and up to 1, or a rising range of two of them such as 0.50:0.95',
    fix: 'Pass for example --iou 0.5',
  });
}

/** How thresholds are printed: the number itself, or the range's ends. */
export function iouLabel(thresholds: readonly number[]): number | string {
  if (thresholds.length === 1) return thresholds[0];
  return `${thresholds[0].toFixed(2)}:${thresholds[thresholds.length - 1].toFixed(2)}`;
}

function steps(low: number, high: number): number[] {
  const count = Math.round((high - low) / 0.05);
  if (count === 0) return [low];
  const step = (high - low) / count;
  return Array.from({ length: count + 1 }, (_, i) => (i === count ? high : low + i * step));
}
