import { BACKGROUND, IGNORED, anchorsFor, encodeMatches, matchAnchors } from '@featuremine/boxes';
import type { AnchorShapes } from '@featuremine/boxes';
import type { ImageSize } from './image';
import type { MatchingOptions } from './transform-options';

/** Ground truth of one image, in pixels of the resized image. */
export interface TargetBoxes {
  /** [G, 4]. */
  readonly boxes: Float32Array;
  /** [G], class ids. */
  readonly labels: Int32Array;
  /** [G], 1 for difficult. */
  readonly isDifficult: Uint8Array;
}

/** What the losses need of one image. */
export interface AnchorTargets {
  /** [R], class id, −1 background, −2 ignored. */
  readonly labels: Int32Array;
  /** [R, 4], zeros where the anchor is not foreground. */
  readonly deltas: Float32Array;
}

/** Matches the anchors of a padded image to its ground truth. */
export function anchorTargets(target: TargetBoxes, padded: ImageSize, matching: MatchingOptions): AnchorTargets {
  const anchors = anchorsFor(padded, matching.anchors);
  const { allowLowQuality = true, difficult = 'train' } = matching;
  const { boxes, labels: classes, isDifficult } = difficult === 'background' ? withoutDifficult(target) : target;
  const matches = matchAnchors(anchors, boxes, { allowLowQuality });
  if (difficult === 'ignore') {
    matches.forEach((match, i) => {
      if (match >= 0 && isDifficult[match] === 1) matches[i] = IGNORED;
    });
  }
  const deltas = encodeMatches({ anchors, gtBoxes: boxes, matches });
  const labels = matches.map((match) => (match >= 0 ? classes[match] : match === BACKGROUND ? -1 : -2));
  return { labels, deltas };
}

/** How many anchors a padded image has. */
export function anchorCount(padded: ImageSize, shapes?: AnchorShapes): number {
  return anchorsFor(padded, shapes).length / 4;
}

function withoutDifficult(target: TargetBoxes): TargetBoxes {
  const kept = [...target.labels.keys()].filter((i) => target.isDifficult[i] !== 1);
  return {
    boxes: Float32Array.from(kept.flatMap((i) => [...target.boxes.subarray(4 * i, 4 * i + 4)])),
    labels: Int32Array.from(kept, (i) => target.labels[i]),
    isDifficult: new Uint8Array(kept.length),
  };
}
