import { existsSync } from 'node:fs';
import { annotationPath, isSafeName, parseImageSets, readSetFile } from './devkit';
import type { ImageSetName, VocDevkit } from './devkit';
import type { Fault } from './fault';
import { makeFault } from './fault';

/** One image that a set file names. */
export interface SetLine extends ImageSetName {
  readonly id: string;
  /** The set's file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The images that image sets name, in the order of the files, and the faults of their lines (unsafe, repeated or
 * unclear names), which are left out.
 *
 * A line is an image's name, in the files of one class followed by −1, 0 or 1. A name with blanks is taken whole when
 * its annotation exists.
 */
export function readSetLines(devkit: VocDevkit, sets: string): { readonly lines: SetLine[]; readonly faults: Fault[] } {
  const lines: SetLine[] = [];
  const faults: Fault[] = [];
  const places = new Map<string, SetLine>();
  for (const name of parseImageSets(devkit, sets)) {
    const { path, text } = readSetFile(devkit, name);
    text.split(/\r\n|\n|\r/).forEach((content, i) => {
      const trimmed = content.trim();
      if (trimmed === '') return;
      const place = { file: path, object: i + 1 };
      const id = idOfLine(trimmed, (whole) => existsSync(annotationPath(devkit, name.year, whole)));
      if (id === undefined) {
        faults.push(makeFault('bad-set-line', `the line is "${trimmed.slice(0, 60)}"`, place));
        return;
      }
      if (!isSafeName(id)) {
        faults.push(makeFault('unsafe-id', `"${id.slice(0, 60)}" is not the name of an image`, place));
        return;
      }
      const key = `${name.year}/${id}`;
      const other = places.get(key);
      if (other !== undefined) {
        faults.push(makeFault('repeated-id', `${id} is also line ${other.line} of ${other.year}/${other.set}`, place));
        return;
      }
      const line = { ...name, id, file: path, line: i + 1 };
      places.set(key, line);
      lines.push(line);
    });
  }
  return { lines, faults };
}

function idOfLine(line: string, exists: (id: string) => boolean): string | undefined {
  const [id, label, ...others] = line.split(/\s+/);
  if (label === undefined) return id;
  if (others.length === 0 && /^(?:-1|\+?1|0)$/.test(label)) return id;
  return isSafeName(line) && exists(line) ? line : undefined;
}
