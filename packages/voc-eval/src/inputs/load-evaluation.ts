import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { ConfigError, DatasetError } from '@featuremine/errors';
import { isFolder, readJson } from '@featuremine/files';
import {
  faultPlace,
  readDetections,
  readImageSet,
  type BadBoxPolicy,
  type Fault,
  type FaultKind,
  type ReadReport,
} from '@featuremine/voc';
import type { Detections } from '../detections';
import type { GroundTruth } from '../ground-truth';
import { groundTruthFromCoco } from './coco-ground-truth';
import { detectionsFromCocoResults, detectionsFromCocoRows, type ReadDetectionRows } from './coco-results';
import type { Corners } from './corners';
import { detectionsFromDevkit, groundTruthFromImageSet } from './from-voc';
import { isJsonList, jsonRows } from './json-rows';
import { detectionsFromProjectJson } from './project-detections';
import { withClasses } from './with-classes';

/** Where the ground truth is: a devkit and its image sets, or a COCO file. */
export interface GroundTruthSource {
  /** VOCdevkit folder. */
  readonly voc?: string | undefined;
  /** `2007/test`, several with commas. */
  readonly set?: string | undefined;
  /** COCO ground truth. */
  readonly groundTruth?: string | undefined;
  /** The evaluated classes; those of the annotations by default. */
  readonly classes?: readonly string[] | undefined;
  /** Of VOC annotations: `keep` by default, which evaluates odd boxes as they stand. */
  readonly onBadBox?: BadBoxPolicy | undefined;
}

/** Reads the ground truth that the flags name; what the policy let pass is warned of in the log. */
export function loadGroundTruth(source: GroundTruthSource, log: Logger, corners?: Corners): GroundTruth {
  const { voc, set, groundTruth, classes, onBadBox = 'keep' } = source;
  if ((voc === undefined) === (groundTruth === undefined) || (voc !== undefined && set === undefined)) {
    throw new ConfigError({
      where: 'ground truth',
      found: groundTruth !== undefined ? 'both --voc and --ground-truth' : voc === undefined ? 'none' : 'no --set',
      expected: 'either --voc DEVKIT with --set SETS, or --ground-truth FILE.json',
      fix: 'Pass for example --voc VOCdevkit --set 2007/test',
    });
  }
  if (groundTruth !== undefined) {
    const annotated = groundTruthFromCoco(readJson(groundTruth), groundTruth, { corners });
    if (classes === undefined) return annotated;
    refuseUnknownClasses(classes, annotated.classNames);
    return withClasses(annotated, classes).groundTruth;
  }
  const imageSet = readImageSet(voc!, set!, {
    onBadBox,
    needsImages: false,
    ...(classes === undefined ? {} : { classes }),
  });
  const { skippedBoxCount, clippedBoxCount } = imageSet.report;
  warnOfFaults(imageSet.report, onBadBox, log);
  if (skippedBoxCount + clippedBoxCount > 0) {
    log.warn(`--on-bad-box=${onBadBox}: objects left out ${skippedBoxCount}, boxes clipped ${clippedBoxCount}`);
  }
  return groundTruthFromImageSet(imageSet);
}

/**
 * Reads detections against a ground truth: a folder of devkit files, one such file, or JSON (COCO results, or this
 * project's), told apart by the name's end and by content.
 */
export function loadDetections(options: {
  readonly path: string;
  readonly groundTruth: GroundTruth;
  /** The image sets of --set: their name chooses between the files of a folder. */
  readonly set?: string | undefined;
  readonly log: Logger;
  readonly corners?: Corners;
}): Detections {
  const { path, groundTruth, set, log, corners } = options;
  if (/\.json$/i.test(path)) {
    const { detections, warnings } = readJsonDetections(path, groundTruth, corners);
    for (const warning of warnings) log.warn(`${path}: ${warning}`);
    return detections;
  }
  const setName = isFolder(path) && set !== undefined && !set.includes(',') ? basename(set) : undefined;
  const read = readDetections(path, {
    classNames: groundTruth.classNames,
    ...(setName === undefined ? {} : { set: setName }),
  });
  warnOfFaults(read, 'keep', log);
  const annotated = new Set(groundTruth.images.flatMap(({ objects }) => objects.map(({ classId }) => classId)));
  for (const [classId, name] of groundTruth.classNames.entries()) {
    if (!annotated.has(classId) || !read.missingClasses.includes(name)) continue;
    log.warn(`${path}: no detections of ${name}, whose AP is 0`);
  }
  return detectionsFromDevkit(read, groundTruth, path);
}

/** Files from this size on are read in parts. */
const largeBytes = 100_000_000;

function readJsonDetections(path: string, groundTruth: GroundTruth, corners?: Corners): ReadDetectionRows {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largeBytes && isJsonList(path)) {
    return detectionsFromCocoRows(jsonRows(path), groundTruth, path, corners);
  }
  const content = readJson(path);
  if (Array.isArray(content)) return detectionsFromCocoResults(content, groundTruth, path, corners);
  return detectionsFromProjectJson(content, groundTruth, path);
}

function refuseUnknownClasses(classes: readonly string[], known: readonly string[]): void {
  const missing = classes.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  throw new DatasetError({
    where: '--classes',
    found: missing.join(', '),
    expected: `classes of the ground truth (${known.join(', ')})`,
    fix: 'Correct the names',
  });
}

const shownWarnings = 10;

// Classes without a file are told of apart: most need no warning.
function warnOfFaults(
  { faults, countByKind }: Pick<ReadReport, 'faults' | 'countByKind'>,
  policy: BadBoxPolicy,
  log: Logger,
): void {
  const isTold = (kind: FaultKind): boolean => kind !== 'missing-class-file';
  const shown = faults.filter(({ kind }) => isTold(kind)).slice(0, shownWarnings);
  for (const fault of shown) log.warn(`${faultPlace(fault)}: ${warning(fault, policy)}`);
  const count = [...countByKind].reduce((sum, [kind, ofKind]) => sum + (isTold(kind) ? ofKind : 0), 0);
  if (count > shown.length) log.warn(`… and ${count - shown.length} warnings more`);
}

const boxKinds: ReadonlySet<string> = new Set([
  'zero-area-box',
  'inverted-box',
  'outside-image',
  'zero-based-box',
  'odd-detection-box',
]);

/** A fault's message; of odd boxes that are kept, what was found and not the advice, which is for training. */
function warning({ kind, message }: Fault, policy: BadBoxPolicy): string {
  if (policy !== 'keep' || !boxKinds.has(kind)) return message;
  return `${message.replace(/\.(\s.*)?$/, '')}; it is evaluated as it stands`;
}
