/** A share as a percentage with two digits; a dash for null and for COCO's −1. */
export function percent(share: number | null): string {
  return share === null || share < 0 ? '–' : (100 * share).toFixed(2);
}
