import { readFileSync, statSync } from 'node:fs';
import { fileFaultFound } from '@featuremine/errors';
import { decodeText } from './decode-text';
import type { FaultKind } from './fault';
import { makeFault } from './fault';
import { judgeAnnotation } from './judge-annotation';
import type { JudgedAnnotation } from './judge-annotation';
import { parseAnnotation } from './parse-annotation';
import { scanAnnotation } from './scan-annotation';

/** Bytes of the largest annotation file that is read. */
export const LARGEST_ANNOTATION_BYTES = 8 * 1024 * 1024;

/**
 * Reads one XML file: what can be read of it, and all its faults. Never throws for what the file holds.
 *
 * @param options.wantsNotes false (default true) leaves out faults of severity `note`
 */
export function readAnnotation(file: string, options: { readonly wantsNotes?: boolean } = {}): JudgedAnnotation {
  const { wantsNotes = true } = options;
  try {
    const found = statSync(file);
    if (!found.isFile()) return unreadable(file, 'unreadable-file', 'this is not a file');
    if (found.size > LARGEST_ANNOTATION_BYTES) return tooLarge(file, found.size);
    return readAnnotationBytes(readFileSync(file), file, { wantsNotes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    if (code === 'ENOENT') return unreadable(file, 'missing-annotation', 'the file is missing');
    return unreadable(file, 'unreadable-file', fileFaultFound(error));
  }
}

/** As readAnnotation, from the bytes of a file of this name. */
export function readAnnotationBytes(
  bytes: Buffer,
  file: string,
  options: { readonly wantsNotes: boolean },
): JudgedAnnotation {
  if (bytes.length > LARGEST_ANNOTATION_BYTES) return tooLarge(file, bytes.length);
  if (bytes.length === 0) return unreadable(file, 'empty-file', 'the file is empty');
  const decoded = decodeText(bytes);
  if ('problem' in decoded) return unreadable(file, 'bad-encoding', decoded.problem);
  const scanned = scanAnnotation(decoded.text);
  if (scanned !== undefined) return judgeAnnotation(scanned, file, options);
  const parsed = parseAnnotation(decoded.text);
  if ('kind' in parsed) return unreadable(file, parsed.kind, parsed.found);
  const judged = judgeAnnotation(parsed.raw, file, options);
  if (!parsed.hasSecondRoot) return judged;
  const fault = makeFault('second-root', 'there is a second root element', { file });
  return { ...judged, faults: [fault, ...judged.faults] };
}

function tooLarge(file: string, sizeBytes: number): JudgedAnnotation {
  const found = `the file has ${sizeBytes} bytes, at most ${LARGEST_ANNOTATION_BYTES} are read`;
  return unreadable(file, 'file-too-large', found);
}

function unreadable(file: string, kind: FaultKind, found: string): JudgedAnnotation {
  const annotation = { file, imageFile: undefined, width: 0, height: 0, objects: [] };
  return { annotation, faults: [makeFault(kind, found, { file })], objectCount: 0 };
}
