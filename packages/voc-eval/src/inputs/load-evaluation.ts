import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { readDetections, readImageSet, type Fault } from '@featuremine/voc';
import type { Detections } from '../detections';
import type { GroundTruth } from '../ground-truth';
import { detectionsFromDevkit, groundTruthFromImageSet } from './from-voc';

/** Where the ground truth is: a devkit and its image sets. */
export interface GroundTruthSource {
  /** VOCdevkit folder. */
  readonly voc?: string | undefined;
  /** `2007/test`, several with commas. */
  readonly set?: string | undefined;
  /** The evaluated classes; those of the annotations by default. */
  readonly classes?: readonly string[] | undefined;
}

/** Reads the ground truth that the flags name; odd boxes stay as they are, with warnings in the log. */
export function loadGroundTruth(source: GroundTruthSource, log: Logger): GroundTruth {
  const { voc, set, classes } = source;
  if (voc === undefined || set === undefined) {
    throw new ConfigError({
      where: 'ground truth',
      found: voc === undefined ? 'no --voc' : 'no --set',
      expected: '--voc DEVKIT --set SETS',
      fix: 'Pass both, for example --voc VOCdevkit --set 2007/test',
    });
  }
  const imageSet = readImageSet(voc, set, {
    onBadBox: 'keep',
    needsImages: false,
    ...(classes === undefined ? {} : { classes }),
  });
  warn(imageSet.report.faults, log);
  return groundTruthFromImageSet(imageSet);
}

/** Reads detections, a folder of devkit files or one such file, against a ground truth. */
export function loadDetections(
  path: string,
  groundTruth: GroundTruth,
  set: string | undefined,
  log: Logger,
): Detections {
  const setName = set !== undefined && !set.includes(',') && isFolder(path) ? basename(set) : undefined;
  const read = readDetections(path, {
    classNames: groundTruth.classNames,
    ...(setName === undefined ? {} : { set: setName }),
  });
  warn(read.faults, log);
  return detectionsFromDevkit(read, groundTruth, path);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

const shownWarnings = 10;

function warn(faults: readonly Fault[], log: Logger): void {
  for (const { file, object, message } of faults.slice(0, shownWarnings)) {
    log.warn(`${file}${object === null ? '' : `, ${object}`}: ${message}`);
  }
  if (faults.length > shownWarnings) log.warn(`… and ${faults.length - shownWarnings} warnings more`);
}
