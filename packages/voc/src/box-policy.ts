import type { VocBox, VocObject } from './annotation-types';
import type { Fault } from './fault';
import { isBoxFault, isClippable } from './fault';

/**
 * What happens to a bad box (missing or inverted coordinates, no area, partly or wholly outside the image):
 * `fail` reports all and throws, `skip` drops the object, `clip` trims the box to the image and drops it when no area
 * is left; `keep` is for evaluation: every box that has four numbers is kept as it stands, with a warning
 * (and the image's size is not needed).
 */
export type BadBoxPolicy = 'fail' | 'skip' | 'clip' | 'keep';

/** What a policy made of an annotation. */
export interface PolicyResult {
  readonly objects: readonly VocObject[];
  /** Errors that stay errors under the policy. */
  readonly errors: readonly Fault[];
  /** What the policy let pass, and warnings. */
  readonly warnings: readonly Fault[];
  /** Object elements that a box fault took away. */
  readonly skippedCount: number;
  readonly clippedCount: number;
}

/** Applies a policy to the objects and faults of one annotation; width and height are 0 when unknown. */
export function applyBoxPolicy(
  annotation: { readonly objects: readonly VocObject[]; readonly width: number; readonly height: number },
  faults: readonly Fault[],
  policy: BadBoxPolicy,
): PolicyResult {
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  const bad = new Map<number, Fault>();
  for (const fault of faults) {
    if (fault.severity !== 'error') warnings.push(fault);
    else if (policy === 'keep' && fault.kind === 'bad-size') warnings.push({ ...fault, severity: 'warning' });
    else if (!isBoxFault(fault.kind) || fault.object === null) errors.push(fault);
    else bad.set(fault.object, fault);
  }
  if (bad.size === 0) return { objects: annotation.objects, errors, warnings, skippedCount: 0, clippedCount: 0 };

  const objects: VocObject[] = [];
  const numbered = new Set<number>();
  let clippedCount = 0;
  for (const object of annotation.objects) {
    const fault = bad.get(object.index);
    if (fault === undefined) objects.push(object);
    else if (policy === 'keep' && fault.kind !== 'repeated-coordinate') {
      objects.push(object);
      numbered.add(object.index);
    } else if (policy === 'clip') {
      const box = isClippable(fault.kind) ? clip(object.box, annotation) : undefined;
      if (box === undefined) continue;
      objects.push({ ...object, box });
      numbered.add(object.index);
      clippedCount++;
    }
  }
  const isFatal = (index: number): boolean => policy === 'fail' || (policy === 'keep' && !numbered.has(index));
  for (const fault of faults) {
    if (fault.severity !== 'error' || !isBoxFault(fault.kind) || fault.object === null) continue;
    if (isFatal(fault.object)) errors.push(fault);
    else warnings.push({ ...fault, severity: 'warning' });
  }
  const skippedCount = policy === 'skip' || policy === 'clip' ? bad.size - numbered.size : 0;
  return { objects, errors, warnings, skippedCount, clippedCount };
}

function clip(box: VocBox, image: { readonly width: number; readonly height: number }): VocBox | undefined {
  const width = image.width > 0 ? image.width : Infinity;
  const height = image.height > 0 ? image.height : Infinity;
  const x1 = Math.min(Math.max(box[0], 0), width);
  const y1 = Math.min(Math.max(box[1], 0), height);
  const x2 = Math.min(Math.max(box[2], 0), width);
  const y2 = Math.min(Math.max(box[3], 0), height);
  return x2 > x1 && y2 > y1 ? [x1, y1, x2, y2] : undefined;
}
