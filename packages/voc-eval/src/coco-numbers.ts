/** COCO's twelve numbers, in its order: the keys under which an evaluation has them. */
// prettier-ignore
export const cocoNumbers = [
  'AP', 'AP50', 'AP75', 'APs', 'APm', 'APl',
  'AR1', 'AR10', 'AR100', 'ARs', 'ARm', 'ARl',
] as const;
