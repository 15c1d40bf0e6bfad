import { basename } from 'node:path';
import type { VocAnnotation, VocObject } from './annotation-types';
import { judgeBox } from './judge-box';
import type { Fault, FaultKind } from './fault';
import { makeFault } from './fault';
import type { RawAnnotation, RawObject } from './raw-annotation';
import { parseNumber } from './parse-number';

/** An annotation and what is wrong with it. */
export interface JudgedAnnotation {
  /** Objects that have a name and four numbers, whatever these say. */
  readonly annotation: VocAnnotation;
  readonly faults: readonly Fault[];
  /** All `<object>` elements. */
  readonly objectCount: number;
}

/**
 * Turns the text of an annotation into numbers, and names every fault.
 *
 * @param options.wantsNotes false leaves out faults of severity `note`
 */
export function judgeAnnotation(
  raw: RawAnnotation,
  file: string,
  options: { readonly wantsNotes: boolean },
): JudgedAnnotation {
  const faults: Fault[] = [];
  const note = (kind: FaultKind, found: string): void => {
    if (options.wantsNotes) faults.push(makeFault(kind, found, { file }));
  };
  for (const tag of raw.repeated) faults.push(makeFault('repeated-tag', `<${tag}> is there more than once`, { file }));
  judgeFilename(raw, file, faults, note);
  const [width, height] = judgeSize(raw, file, faults);
  if (raw.depth === '1') note('single-channel', 'the image has one channel');
  if (raw.objects.length === 0) note('no-objects', 'there is no object');
  const objects: VocObject[] = [];
  raw.objects.forEach((object, i) => {
    const judged = judgeObject(object, { file, index: i + 1, width, height, wantsNotes: options.wantsNotes }, faults);
    if (judged !== undefined) objects.push(judged);
  });
  if (objects.length > 1) nameDuplicates(objects, file, faults);
  const annotation = { file, imageFile: raw.filename || undefined, width, height, objects };
  return { annotation, faults, objectCount: raw.objects.length };
}

function judgeFilename(
  raw: RawAnnotation,
  file: string,
  faults: Fault[],
  note: (kind: FaultKind, found: string) => void,
): void {
  if (!raw.filename) return note('missing-filename', '<filename> is missing');
  if (isNameOfFile(raw.filename, file)) return;
  const named = raw.filename.slice(Math.max(raw.filename.lastIndexOf('/'), raw.filename.lastIndexOf('\\')) + 1);
  const stem = basename(file).replace(/\.xml$/i, '');
  if (named === stem || named.replace(/\.[^.]*$/, '') === stem) return;
  faults.push(makeFault('filename-mismatch', `<filename> is ${quote(raw.filename)}`, { file }));
}

// The usual case without a new string: the image's name but for its extension is the end of the path.
function isNameOfFile(filename: string, file: string): boolean {
  const dot = filename.lastIndexOf('.');
  const stem = dot < 0 ? filename : filename.slice(0, dot);
  const start = file.length - 4 - stem.length;
  return file.endsWith('.xml') && file.startsWith(stem, start) && (start === 0 || file[start - 1] === '/');
}

function judgeSize(raw: RawAnnotation, file: string, faults: Fault[]): [number, number] {
  if (!raw.hasSize || (!raw.width && !raw.height)) {
    faults.push(makeFault('missing-size', '<size> is missing', { file }));
    return [0, 0];
  }
  const width = parseNumber(raw.width ?? '');
  const height = parseNumber(raw.height ?? '');
  const isGood = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (isGood) return [width, height];
  const found = `<size> has width ${quote(raw.width ?? '')} and height ${quote(raw.height ?? '')}`;
  faults.push(makeFault('bad-size', found, { file }));
  return [0, 0];
}

interface ObjectPlace {
  readonly file: string;
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly wantsNotes: boolean;
}

function judgeObject(raw: RawObject, place: ObjectPlace, faults: Fault[]): VocObject | undefined {
  const name = raw.name || undefined;
  const at = { file: place.file, object: place.index, className: name };
  const add = (kind: FaultKind, found: string): void => void faults.push(makeFault(kind, found, at));
  if (raw.repeated.length > 0) {
    for (const tag of raw.repeated) {
      const isOfBox = tag === 'bndbox' || tag.startsWith('x') || tag.startsWith('y');
      add(isOfBox ? 'repeated-coordinate' : 'repeated-tag', `<${tag}> is there more than once`);
    }
  }
  if (name === undefined) add('missing-name', '<name> is missing or empty');
  else if (/\s/.test(name)) add('blank-in-name', `the class name ${quote(name)} has a blank`);
  const isDifficult = judgeFlag('difficult', raw.difficult, add, place.wantsNotes);
  const isTruncated = judgeFlag('truncated', raw.truncated, add, place.wantsNotes);
  if (place.wantsNotes && !raw.pose) add('missing-pose', '<pose> is missing');
  const box = judgeBox(raw, place, add);
  if (box === undefined || name === undefined) return undefined;
  return { name, box, isDifficult, isTruncated, index: place.index };
}

function judgeFlag(
  tag: 'difficult' | 'truncated',
  text: string | undefined,
  add: (kind: FaultKind, found: string) => void,
  wantsNotes: boolean,
): boolean {
  if (text === '0') return false;
  if (text === '1') return true;
  if (!text) {
    if (wantsNotes) add(`missing-${tag}`, `<${tag}> is missing`);
    return false;
  }
  if (/^(?:true|false)$/i.test(text)) return text.length === 4;
  add('bad-flag', `<${tag}> is ${quote(text)}`);
  return false;
}

function nameDuplicates(objects: readonly VocObject[], file: string, faults: Fault[]): void {
  const original = objects.length <= 32 ? originalByComparison : originalByKey();
  for (const object of objects) {
    const first = original(object, objects);
    if (first === object) continue;
    const place = { file, object: object.index, className: object.name };
    faults.push(makeFault('duplicate-object', `class and box are those of object ${first.index}`, place));
  }
}

/** The first object that is the same. */
type FindOriginal = (object: VocObject, objects: readonly VocObject[]) => VocObject;

const originalByComparison: FindOriginal = (object, objects) =>
  objects.find((other) => isSame(other, object)) ?? object;

function originalByKey(): FindOriginal {
  const seen = new Map<string, VocObject>();
  return (object) => {
    const key = `${object.box.join(' ')} ${object.name}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, object);
    return first ?? object;
  };
}

function isSame(a: VocObject, b: VocObject): boolean {
  const [p, q] = [a.box, b.box];
  return p[0] === q[0] && p[1] === q[1] && p[2] === q[2] && p[3] === q[3] && a.name === b.name;
}

function quote(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
