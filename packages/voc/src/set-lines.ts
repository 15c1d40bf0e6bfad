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

/** The lines of set files, and the faults of those that are left out: unsafe, repeated or unclear names. */
export interface SetLines {
  readonly lines: SetLine[];
  readonly faults: Fault[];
}

/** The images that image sets name, in the order of the files. */
export function readSetLines(devkit: VocDevkit, sets: string): SetLines {
  const collected = new SetLineCollector();
  for (const name of parseImageSets(devkit, sets)) {
    const { path, text } = readSetFile(devkit, name);
    collected.add(text, { ...name, file: path }, (id) => existsSync(annotationPath(devkit, name.year, id)));
  }
  return collected;
}

/**
 * Gathers the lines of set files, one after the other.
 *
 * A line is an image's name, in the files of one class followed by −1, 0 or 1. A name with blanks is taken whole when
 * its annotation exists.
 */
export class SetLineCollector implements SetLines {
  readonly lines: SetLine[] = [];
  readonly faults: Fault[] = [];
  private readonly places = new Map<string, SetLine>();

  /** Adds the text of one file; `exists` says whether an image of this name is annotated. */
  add(text: string, from: ImageSetName & { readonly file: string }, exists: (id: string) => boolean): void {
    text.split(/\r\n|\n|\r/).forEach((content, i) => {
      const trimmed = content.trim();
      if (trimmed !== '') this.addLine(trimmed, { ...from, line: i + 1 }, exists);
    });
  }

  private addLine(text: string, from: Omit<SetLine, 'id'>, exists: (id: string) => boolean): void {
    const { faults, lines, places } = this;
    const place = { file: from.file, object: from.line };
    const id = idOfLine(text, exists);
    if (id === undefined) {
      faults.push(makeFault('bad-set-line', `the line is "${text.slice(0, 60)}"`, place));
      return;
    }
    if (!isSafeName(id)) {
      faults.push(makeFault('unsafe-id', `"${id.slice(0, 60)}" is not the name of an image`, place));
      return;
    }
    const key = `${from.year}/${id}`;
    const other = places.get(key);
    if (other !== undefined) {
      const where = other.year === '' ? other.set : `${other.year}/${other.set}`;
      faults.push(makeFault('repeated-id', `${id} is also line ${other.line} of ${where}`, place));
      return;
    }
    const line = { ...from, id };
    places.set(key, line);
    lines.push(line);
  }
}

function idOfLine(line: string, exists: (id: string) => boolean): string | undefined {
  const [id, label, ...others] = line.split(/\s+/);
  if (label === undefined) return id;
  if (others.length === 0 && /^(?:-1|\+?1|0)$/.test(label)) return id;
  return isSafeName(line) && exists(line) ? line : undefined;
}
