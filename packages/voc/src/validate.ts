import type { VocDevkit } from './devkit';
import type { Fault, FaultKind } from './fault';

/** Tells an image file's size, or undefined when it cannot be decoded; default: the header of JPEG and PNG files. */
export type ImageProbe = (path: string) => { readonly width: number; readonly height: number } | undefined;

/** What a check of annotations found. */
export interface ValidationReport {
  /** Annotation files looked at. */
  readonly files: number;
  /** `<object>` elements in them, bad ones included. */
  readonly objects: number;
  /** By file, then object. */
  readonly faults: readonly Fault[];
  readonly countByKind: ReadonlyMap<FaultKind, number>;
  readonly errorCount: number;
  readonly classes: ReadonlyMap<
    string,
    { readonly objects: number; readonly images: number; readonly difficult: number; readonly truncated: number }
  >;
  /** Square roots of box areas in pixels: how many objects are in [lowPx, highPx). */
  readonly objectSizes: readonly { readonly lowPx: number; readonly highPx: number; readonly objects: number }[];
  /** `500x375` → images. */
  readonly imageSizes: ReadonlyMap<string, number>;
}

/** How annotations are checked. */
export interface ValidateOptions {
  /** When given, other class names are errors. */
  readonly classes?: readonly string[];
  readonly probeImage?: ImageProbe;
  /** Default true. */
  readonly checksImages?: boolean;
}

/** Checks the annotations of image sets (all of the devkit's when `sets` is undefined). */
export function validateDevkit(
  devkit: VocDevkit | string,
  sets: string | undefined,
  options: ValidateOptions = {},
): ValidationReport {
  throw new Error(`not written yet ${JSON.stringify([devkit, sets, options])}`);
}

/** Checks XML files, and all XML files below folders. */
export function validatePaths(paths: readonly string[], options: ValidateOptions = {}): ValidationReport {
  throw new Error(`not written yet ${JSON.stringify([paths, options])}`);
}
