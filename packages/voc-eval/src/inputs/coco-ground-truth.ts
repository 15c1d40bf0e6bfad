import { DatasetError } from '@featuremine/errors';
import type { GroundTruth, GroundTruthObject } from '../ground-truth';
import { cornersOf, type Corners } from './corners';
import { FaultList } from './fault-list';
import { fourNumbers, isJsonObject, shown, stem, type JsonObject } from './json-value';

interface ImageEntry {
  readonly cocoId: number;
  readonly width: number;
  readonly height: number;
  readonly fileName: string;
  readonly objects: GroundTruthObject[];
}

/**
 * The ground truth in a COCO file's content (`images`, `categories`, `annotations` with `bbox`).
 *
 * Images and classes go by rising id, annotations keep their order, as in pycocotools. `iscrowd` is read as isCrowd,
 * a true `ignore` (or `difficult`) as isDifficult, `truncated` as isTruncated. `area` is bbox width · height when it is
 * missing.
 *
 * @param where the file's name, for messages.
 * @param options `corners`: how x + width is added; in binary by default, as pycocotools does it. `onFault` is told each
 *   malformed entry, which is left out then.
 * @throws DatasetError that names the first 20 faults and their number, but for those that `onFault` is told.
 */
export function groundTruthFromCoco(
  content: unknown,
  where: string,
  {
    corners = 'binary',
    onFault,
  }: { readonly corners?: Corners | undefined; readonly onFault?: ((fault: string) => void) | undefined } = {},
): GroundTruth {
  if (!isJsonObject(content)) throw notGroundTruth(where, shown(content));
  for (const key of ['images', 'categories', 'annotations']) {
    if (!Array.isArray(content[key])) throw notGroundTruth(where, `no list "${key}"`);
  }
  const faults = new FaultList(where, 'Correct the file');
  const tell = onFault ?? ((fault: string) => faults.add(fault));
  const categories = readCategories(content['categories'] as unknown[], tell);
  const images = readImages(content['images'] as unknown[], tell);
  const imageById = new Map(images.map((image) => [image.cocoId, image]));
  const classByCategory = new Map(categories.map(({ id }, classId) => [id, classId]));
  (content['annotations'] as unknown[]).forEach((annotation, index) => {
    const read = readAnnotation(annotation, imageById, classByCategory, corners);
    if (typeof read === 'string') tell(`annotations[${index}]: ${read}`);
    else read.image.objects.push(read.object);
  });
  faults.throwIfAny();

  const stems = new Set(images.map(({ fileName }) => stem(fileName)));
  const areStemsUnique = stems.size === images.length && !stems.has('');
  return {
    classNames: uniqueNames(categories),
    categoryIds: categories.map(({ id }) => id),
    images: images.map((image) => ({ ...image, id: areStemsUnique ? stem(image.fileName) : String(image.cocoId) })),
  };
}

function notGroundTruth(where: string, found: string): DatasetError {
  return new DatasetError({
    where,
    found,
    expected: 'COCO ground truth: an object with the lists images, categories and annotations',
    fix: 'Pass the annotation file of the set, such as instances_val2017.json',
  });
}

function readCategories(entries: readonly unknown[], tell: (fault: string) => void): { id: number; name: string }[] {
  const categories: { id: number; name: string }[] = [];
  const ids = new Set<number>();
  entries.forEach((entry, index) => {
    const id = isJsonObject(entry) ? entry['id'] : undefined;
    const name = isJsonObject(entry) ? entry['name'] : undefined;
    if (typeof id !== 'number' || typeof name !== 'string') {
      tell(`categories[${index}]: ${shown(entry)}, expected a number "id" and a text "name"`);
    } else if (ids.has(id)) {
      tell(`categories[${index}]: id ${id} a second time`);
    } else {
      ids.add(id);
      categories.push({ id, name });
    }
  });
  return categories.sort((a, b) => a.id - b.id);
}

function readImages(entries: readonly unknown[], tell: (fault: string) => void): ImageEntry[] {
  const images: ImageEntry[] = [];
  const ids = new Set<number>();
  entries.forEach((entry, index) => {
    const cocoId = isJsonObject(entry) ? entry['id'] : undefined;
    if (!isJsonObject(entry) || typeof cocoId !== 'number') {
      tell(`images[${index}]: ${shown(entry)}, expected a number "id"`);
    } else if (ids.has(cocoId)) {
      tell(`images[${index}]: id ${cocoId} a second time`);
    } else {
      ids.add(cocoId);
      const fileName = typeof entry['file_name'] === 'string' ? entry['file_name'] : '';
      images.push({ cocoId, width: sizeOf(entry, 'width'), height: sizeOf(entry, 'height'), fileName, objects: [] });
    }
  });
  return images.sort((a, b) => a.cocoId - b.cocoId);
}

function sizeOf(entry: JsonObject, key: string): number {
  const value = entry[key];
  return typeof value === 'number' && value > 0 ? value : 0;
}

function readAnnotation(
  entry: unknown,
  imageById: ReadonlyMap<unknown, ImageEntry>,
  classByCategory: ReadonlyMap<unknown, number>,
  corners: Corners,
): { image: ImageEntry; object: GroundTruthObject } | string {
  if (!isJsonObject(entry)) return `${shown(entry)}, expected an object`;
  const image = imageById.get(entry['image_id']);
  if (image === undefined) return `image_id ${shown(entry['image_id'])} is none of the images`;
  const classId = classByCategory.get(entry['category_id']);
  if (classId === undefined) return `category_id ${shown(entry['category_id'])} is none of the categories`;
  const bbox = fourNumbers(entry['bbox']);
  if (bbox === undefined) return `bbox ${shown(entry['bbox'])}, expected [x, y, width, height]`;
  const [, , width, height] = bbox;
  if (width < 0 || height < 0) return `bbox ${shown(bbox)} has a negative size`;
  const area = entry['area'] ?? width * height;
  if (typeof area !== 'number' || !(area >= 0)) return `area ${shown(area)}, expected a number from 0`;
  const object = {
    classId,
    box: cornersOf(bbox, corners),
    boxArea: width * height,
    area,
    isDifficult: isSet(entry['ignore']) || isSet(entry['difficult']),
    isCrowd: isSet(entry['iscrowd']),
    ...(entry['truncated'] === undefined ? {} : { isTruncated: isSet(entry['truncated']) }),
  };
  return { image, object };
}

function isSet(flag: unknown): boolean {
  return flag === 1 || flag === true;
}

/** Category names; those that repeat get their id, so that each names one class. */
function uniqueNames(categories: readonly { id: number; name: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { name } of categories) counts.set(name, (counts.get(name) ?? 0) + 1);
  return categories.map(({ id, name }) => (counts.get(name) === 1 ? name : `${name} (${id})`));
}
