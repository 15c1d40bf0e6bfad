import { Random } from '@featuremine/random';

/** An image to be put into one part, with the classes of its objects. */
export interface SplitImage {
  readonly id: string;
  readonly classIds: readonly number[];
}

/** A part that images are put into, and its share of all images, 0…1; shares add up to 1. */
export interface SplitPart {
  readonly name: string;
  readonly share: number;
}

/**
 * Divides images into parts so that each class is spread as the images are, as far as that can be done; a pure function
 * of its arguments and not of the images' order.
 *
 * Rare classes go first: each image of the rarest class that is left goes to the part that lacks this class most. A
 * class of as many images as parts has one in each. Parts have exactly their share of the images, rounded.
 *
 * @returns for each part the ids of its images, sorted
 * Source: Sechidis, Tsoumakas, Vlahavas, On the Stratification of Multi-Label Data, 2011 (iterative stratification).
 */
export function stratifiedSplit(
  images: readonly SplitImage[],
  parts: readonly SplitPart[],
  seed: number,
): Map<string, string[]> {
  const sorted = [...images].sort((a, b) => (a.id < b.id ? -1 : 1));
  const order = Random.of(seed, 'split').permutation(sorted.length);
  const left = new Set(Array.from(order, (place) => sorted[place]));
  const room = partSizes(sorted.length, parts);
  const wanted = new Map<number, number[]>();
  for (const [classId, members] of imagesByClass(left)) wanted.set(classId, wantedOf(members.length, parts));
  const chosen = parts.map((): string[] => []);
  const put = (image: SplitImage, part: number): void => {
    chosen[part].push(image.id);
    room[part]--;
    for (const classId of new Set(image.classIds)) wanted.get(classId)![part]--;
    left.delete(image);
  };
  for (;;) {
    const rarest = rarestClass(imagesByClass(left));
    if (rarest === undefined) break;
    for (const image of rarest.members) put(image, neediest(wanted.get(rarest.classId)!, room));
  }
  for (const image of [...left]) put(image, neediest(room, room));
  return new Map(parts.map(({ name }, part) => [name, chosen[part].sort()]));
}

/** Shares rounded so that they add up to `count`; the first part takes what rounding leaves. */
function partSizes(count: number, parts: readonly SplitPart[]): number[] {
  const sizes = parts.map(({ share }) => Math.round(share * count));
  sizes[0] = count - sizes.slice(1).reduce((sum, size) => sum + size, 0);
  return sizes;
}

// How many images of a class each part should have; where there are enough, every part has one.
function wantedOf(count: number, parts: readonly SplitPart[]): number[] {
  const wanted = parts.map(({ share }) => (count >= parts.length ? Math.max(1, share * count) : share * count));
  wanted[0] = count - wanted.slice(1).reduce((sum, size) => sum + size, 0);
  return wanted;
}

function imagesByClass(images: Iterable<SplitImage>): Map<number, SplitImage[]> {
  const byClass = new Map<number, SplitImage[]>();
  for (const image of images) {
    for (const classId of new Set(image.classIds)) {
      const members = byClass.get(classId);
      if (members === undefined) byClass.set(classId, [image]);
      else members.push(image);
    }
  }
  return byClass;
}

function rarestClass(
  byClass: ReadonlyMap<number, readonly SplitImage[]>,
): { readonly classId: number; readonly members: readonly SplitImage[] } | undefined {
  let rarest: { readonly classId: number; readonly members: readonly SplitImage[] } | undefined;
  for (const [classId, members] of byClass) {
    const isRarer =
      rarest === undefined ||
      members.length < rarest.members.length ||
      (members.length === rarest.members.length && classId < rarest.classId);
    if (isRarer) rarest = { classId, members };
  }
  return rarest;
}

// The part with room that wants most; of equal ones that with more room, then the first.
function neediest(wanted: readonly number[], room: readonly number[]): number {
  let best = -1;
  room.forEach((free, part) => {
    if (free <= 0) return;
    const isBetter = best < 0 || wanted[part] > wanted[best] || (wanted[part] === wanted[best] && free > room[best]);
    if (isBetter) best = part;
  });
  return best;
}
