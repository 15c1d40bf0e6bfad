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
  'turned-image': 'warning',
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
  'repeated-coordinate': 'error',
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
  /** Place of the object among the file's `<object>` elements, from 1 (in text files: the line), or null. */
  readonly object: number | null;
  /** The object's class, or null. */
  readonly className: string | null;
  readonly kind: FaultKind;
  readonly severity: FaultSeverity;
  /** What was found and what to do: sentences, without file, object and class. */
  readonly message: string;
}

/** What to do about the kinds of fault that have a remedy of their own. */
const FIXES: Partial<Record<FaultKind, string>> = {
  'missing-annotation': 'Add the file, or take the line out of the image set',
  'unreadable-file': 'Check that it is a file that may be read',
  'empty-file': 'Restore the file, or take it out of the image set',
  'file-too-large': 'Check that it is an annotation of one image',
  'nested-too-deep': 'Check that it is a VOC annotation',
  'bad-encoding': 'Save the file as UTF-8',
  'broken-xml': 'Restore or repair the file',
  'second-root': 'Keep one <annotation> element a file',
  'not-an-annotation': 'Check that it is a VOC annotation',
  'filename-mismatch': 'Nothing need be done: the name of the XML file rules',
  'missing-size': 'Add <size> with the width and height of the image',
  'bad-size': 'Write the width and height of the image into <size>',
  'unsafe-id': 'Write the name of an image without folder and extension',
  'bad-set-line': 'Write one image name a line, for the files of a class followed by -1, 0 or 1',
  'repeated-id': 'Take one of the lines out',
  'missing-image': 'Add the image, or take the line out of the image set',
  'unreadable-image': 'Restore the image',
  'size-mismatch': 'Check whether the boxes belong to the image as it is, then correct <size>',
  'turned-image': 'Look whether the boxes fit the pixels as they are stored; rotate the pixels to be sure',
  'missing-name': 'Write the class into <name>',
  'unknown-class': 'Correct the name, or add it to the classes',
  'bad-flag': 'Write 0 or 1',
  'repeated-tag': 'Keep one',
  'rotated-box': 'Write an upright <bndbox>',
  'zero-based-box': 'VOC counts pixels from 1: add 1 to 0-based coordinates',
  'duplicate-object': 'Take one of them out',
};
const BOX_FIX = 'Fix the box';
const BOX_KINDS: readonly FaultKind[] = [
  'missing-box',
  'rotated-box',
  'missing-coordinate',
  'bad-coordinate',
  'repeated-coordinate',
  'inverted-box',
  'zero-area-box',
  'zero-based-box',
  'outside-image',
];
const boxKinds: ReadonlySet<FaultKind> = new Set(BOX_KINDS);

/** True for the kinds that a policy for bad boxes decides about. */
export function isBoxFault(kind: FaultKind): boolean {
  return boxKinds.has(kind);
}

/** True for the kinds that a box trimmed to the image no longer has. */
export function isClippable(kind: FaultKind): boolean {
  return kind === 'outside-image' || kind === 'zero-based-box';
}

/** A fault of this kind with its usual severity; `found` is what was found, without a full stop. */
export function makeFault(
  kind: FaultKind,
  found: string,
  place: { readonly file: string; readonly object?: number; readonly className?: string | undefined },
): Fault {
  const fix = FIXES[kind] ?? (boxKinds.has(kind) ? BOX_FIX : undefined);
  return {
    file: place.file,
    object: place.object ?? null,
    className: place.className ?? null,
    kind,
    severity: FAULT_KINDS[kind],
    message: fix === undefined ? `${found}.` : `${found}. ${fix}.`,
  };
}

/** File, object and class of a fault: `Annotations/000012.xml, object 3 (dog)`. */
export function faultPlace(fault: Fault): string {
  const { file, object, className } = fault;
  if (object === null) return file;
  const unit = file.toLowerCase().endsWith('.txt') ? 'line' : 'object';
  return `${file}, ${unit} ${object}${className === null ? '' : ` (${className})`}`;
}

/** How many faults there are of each kind, in the order of first appearance. */
export function countFaults(faults: Iterable<Fault>): Map<FaultKind, number> {
  const counts = new Map<FaultKind, number>();
  for (const { kind } of faults) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
