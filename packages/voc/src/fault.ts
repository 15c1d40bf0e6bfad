/** How bad a fault is: an error stops training and gives exit code 2, a warning is printed, a note only counted. */
export type FaultSeverity = 'error' | 'warning' | 'note';

/** What is wrong, one stable word a kind; with the severity that it has in `validate`. */
export const FAULT_KINDS = {
  // The file as a whole.
  'missing-annotation': 'error',
  'unreadable-file': 'error',
  'empty-file': 'error',
  'file-too-large': 'error',
  'nested-too-deep': 'error',
  'bad-encoding': 'error',
  'broken-xml': 'error',
  'second-root': 'error',
  'not-an-annotation': 'error',
  'missing-filename': 'note',
  'filename-mismatch': 'warning',
  'missing-size': 'warning',
  'bad-size': 'error',
  'single-channel': 'note',
  'no-objects': 'note',
  // Image sets and images.
  'unsafe-id': 'error',
  'bad-set-line': 'error',
  'repeated-id': 'error',
  'missing-image': 'error',
  'no-image-folder': 'warning',
  'unreadable-image': 'error',
  'size-mismatch': 'error',
  // One object.
  'missing-name': 'error',
  'blank-in-name': 'warning',
  'name-case': 'warning',
  'unknown-class': 'error',
  'missing-difficult': 'note',
  'missing-truncated': 'note',
  'missing-pose': 'note',
  'bad-flag': 'error',
  'repeated-tag': 'error',
  'missing-box': 'error',
  'rotated-box': 'error',
  'missing-coordinate': 'error',
  'bad-coordinate': 'error',
  'inverted-box': 'error',
  'zero-area-box': 'error',
  'zero-based-box': 'error',
  'outside-image': 'error',
  'fractional-coordinate': 'note',
  'duplicate-object': 'warning',
  // Detection files.
  'bad-line': 'error',
  'missing-class-file': 'warning',
  'unknown-class-file': 'warning',
  'odd-detection-box': 'warning',
} as const satisfies Record<string, FaultSeverity>;

/** The stable word of a fault's kind. */
export type FaultKind = keyof typeof FAULT_KINDS;

/** One thing that is wrong with a data set. */
export interface Fault {
  /** Path of the file at fault, as it was opened. */
  readonly file: string;
  /** Place of the object among the file's `<object>` elements, from 1 (for line files: the line), or null. */
  readonly object: number | null;
  readonly kind: FaultKind;
  readonly severity: FaultSeverity;
  /** What was found and what to do, one or two sentences without the file's name. */
  readonly message: string;
}
