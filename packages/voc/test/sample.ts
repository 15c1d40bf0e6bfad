import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readAnnotationBytes } from '../src/read-annotation';

/** An empty folder of its own. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'voc-test-'));
}

/** Writes files below a folder, making folders. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** `<bndbox>` of these VOC numbers. */
export function bndbox(
  xmin: number | string,
  ymin: number | string,
  xmax: number | string,
  ymax: number | string,
): string {
  return `<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>`;
}

/** A whole `<object>` around a box. */
export function object(name: string, box: string): string {
  return `<object><name>${name}</name><pose>Left</pose><truncated>0</truncated><difficult>0</difficult>${box}</object>`;
}

/** An annotation of a 100x80 image 000001.jpg with this inside. */
export function annotation(content: string): string {
  return (
    '<annotation><filename>000001.jpg</filename><size><width>100</width><height>80</height><depth>3</depth></size>' +
    `${content}</annotation>`
  );
}

/** Kinds of all faults of a text read as 000001.xml. */
export function kindsOf(text: string | Buffer, file = '000001.xml'): string[] {
  return readAnnotationBytes(Buffer.from(text as string), file, { wantsNotes: true }).faults.map((fault) => fault.kind);
}
