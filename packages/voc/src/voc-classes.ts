/** The 20 classes of Pascal VOC 2007 to 2012, in the official (alphabetical) order. */
export const VOC_CLASSES: readonly string[] = [
  'aeroplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'diningtable',
  'dog',
  'horse',
  'motorbike',
  'person',
  'pottedplant',
  'sheep',
  'sofa',
  'train',
  'tvmonitor',
];

/**
 * The class list of a data set whose annotations hold these names: the 20 VOC classes if all names are among them,
 * else the names themselves, sorted by code unit. No names at all give the 20 VOC classes.
 */
export function discoverClassNames(namesFound: Iterable<string>): string[] {
  const names = [...new Set(namesFound)];
  const official = new Set(VOC_CLASSES);
  if (names.every((name) => official.has(name))) return [...VOC_CLASSES];
  return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
