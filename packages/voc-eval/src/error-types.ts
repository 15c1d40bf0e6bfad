/** TIDE's six types of error, in its order. */
export const errorTypes = ['classification', 'localisation', 'both', 'duplicate', 'background', 'missed'] as const;

/** Why a detection is false, or an object not found. */
export type ErrorType = (typeof errorTypes)[number];

/** The share of an image's detections and objects that is wrong, one error an entry, in the order of finding. */
export interface ErrorEntry {
  readonly type: ErrorType;
  /** The detection's row; −1 for a missed object. */
  readonly row: number;
  /** The object that would have been found (by place among all objects, image by image); −1 without one. */
  readonly object: number;
}
