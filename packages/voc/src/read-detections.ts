import { nearestName } from '@featuremine/errors';
import { DetectionTable } from './detection-table';
import { findDetectionFiles } from './detection-file-names';
import { readDetectionLines } from './detection-lines';
import type { Fault, FaultKind } from './fault';
import { makeFault } from './fault';
import { faultError } from './fault-error';
import { toVocPixel } from './voc-pixel';

/** Detections of devkit files as parallel arrays: by class, within a class in the order of its file. */
export interface DevkitDetections {
  readonly classNames: readonly string[];
  /** The image ids met, in order of first appearance. */
  readonly imageIds: readonly string[];
  /** Index into `imageIds`. [D] */
  readonly imageIndex: Int32Array;
  /** Index into `classNames`. [D] */
  readonly classIndex: Int32Array;
  /** [D] */
  readonly scores: Float64Array;
  /** Continuous [xmin−1, ymin−1, xmax, ymax], as they stand in the file, odd ones too. [D, 4] */
  readonly boxes: Float64Array;
  /** Classes of `classNames` without a file. */
  readonly missingClasses: readonly string[];
  /** Warnings: odd boxes (the first 1,000), files of other classes, classes without a file. */
  readonly faults: readonly Fault[];
  /** All warnings, those too that `faults` has no room for. */
  readonly countByKind: ReadonlyMap<FaultKind, number>;
}

/** How devkit detection files are read. */
export interface ReadDetectionsOptions {
  /** Class ids index this list; files of other classes are left out with a warning. Default: the classes of the files. */
  readonly classNames?: readonly string[];
  /** Name of the image set in the files' names (`test`), needed when a folder holds several. */
  readonly set?: string;
}

const MOST_FAULTS = 1000;

/**
 * Reads `comp3_det_<set>_<class>.txt` and `comp4_det_<set>_<class>.txt` of a folder, or one such file. Boxes that are
 * inverted or begin before pixel 1 are kept as they stand, with a warning.
 *
 * @throws DatasetError for a missing folder, no such file in it, or lines that are not `image score xmin ymin xmax ymax`
 * (the first 20 and their number).
 */
export function readDetections(path: string, options: ReadDetectionsOptions = {}): DevkitDetections {
  const { files, others } = findDetectionFiles(path, options);
  const classNames = options.classNames ?? files.map((file) => file.className);
  const fileOf = new Map(files.map((file) => [file.className, file.path]));
  const table = new DetectionTable();
  const errors: Fault[] = [];
  const warnings = new WarningList();
  for (const other of others) {
    const near = nearestName(
      other.className,
      classNames.filter((name) => !fileOf.has(name)),
    );
    const hint = near === undefined ? '' : `, but there is none of ${near}`;
    warnings.add(
      makeFault('unknown-class-file', `${other.className} is no class of the ground truth${hint}`, {
        file: other.path,
      }),
    );
  }
  const missingClasses: string[] = [];
  let errorCount = 0;
  classNames.forEach((className, classId) => {
    const file = fileOf.get(className);
    if (file === undefined) {
      missingClasses.push(className);
      warnings.add(
        makeFault('missing-class-file', `there is no detection file of ${className}`, { file: path, className }),
      );
      return;
    }
    readDetectionLines(file, {
      imageOf: (id) => table.imageOf(id),
      add: (image, values, line) => {
        table.add(image, classId, values);
        const odd = oddity(values);
        if (odd !== undefined) warnings.add(makeFault('odd-detection-box', odd, { file, object: line, className }));
      },
      refuse: (text, line) => {
        errorCount++;
        if (errors.length < MOST_FAULTS) errors.push(badLine(text, file, line));
      },
    });
  });
  if (errorCount > 0) throw faultError(`${path}, ${errorCount} bad lines`, errors);
  return { classNames, ...table.finish(), missingClasses, faults: warnings.faults, countByKind: warnings.countByKind };
}

function oddity(values: Float64Array): string | undefined {
  const [, x1, y1, x2, y2] = values;
  if (x2 >= x1 + 1 && y2 >= y1 + 1 && x1 >= 0 && y1 >= 0) return undefined;
  const [xmin, ymin] = [toVocPixel(x1), toVocPixel(y1)];
  const isInverted = x2 < Number(xmin) || y2 < Number(ymin);
  if (!isInverted && x1 >= 0 && y1 >= 0) return undefined;
  const box = `${xmin}, ${ymin}, ${x2}, ${y2}`;
  return isInverted ? `the box ${box} is inverted` : `the box ${box} begins before pixel 1`;
}

function badLine(text: string, file: string, line: number): Fault {
  return makeFault('bad-line', `"${text}" is not image, score, xmin, ymin, xmax, ymax`, { file, object: line });
}

class WarningList {
  readonly faults: Fault[] = [];
  readonly countByKind = new Map<FaultKind, number>();

  add(fault: Fault): void {
    this.countByKind.set(fault.kind, (this.countByKind.get(fault.kind) ?? 0) + 1);
    if (this.faults.length < MOST_FAULTS) this.faults.push(fault);
  }
}
