import { writeFileAtomic } from '@featuremine/files';
import { escapeMarkup } from '@featuremine/training';
import { decodeImage } from '@featuremine/vision-data';
import type { ImageSize } from '@featuremine/vision-data';
import sharp from 'sharp';
import type { Detections } from './detections';

/** Well separated colours, one a class in turn. */
const COLOURS = [
  '#e6194b',
  '#3cb44b',
  '#4363d8',
  '#f58231',
  '#911eb4',
  '#008080',
  '#9a6324',
  '#808000',
  '#e6007e',
  '#000075',
];

/** The colour of a class in drawings. */
function classColour(classId: number): string {
  return COLOURS[classId % COLOURS.length];
}

/** Boxes to draw: solid for detections (with score), dashed for ground truth. */
export interface Drawing {
  readonly size: ImageSize;
  readonly classNames: readonly string[];
  readonly detections: Detections;
  /** Ground-truth boxes `[G, 4]` and their classes, drawn dashed. */
  readonly groundTruth?: { readonly boxes: ArrayLike<number>; readonly labels: ArrayLike<number> };
}

/** The SVG elements of all boxes with their names and scores, in pixels of the image. */
function boxElements({ size, classNames, detections, groundTruth }: Drawing): string {
  const strokeWidth = Math.max(1, Math.max(size.width, size.height) / 250);
  const fontSize = Math.max(9, Math.max(size.width, size.height) / 32);
  const elements: string[] = [];
  for (let i = 0; i < (groundTruth?.labels.length ?? 0); i++) {
    elements.push(
      rectangle(groundTruth!.boxes, i, {
        stroke: classColour(groundTruth!.labels[i]),
        strokeWidth,
        dashes: `${strokeWidth * 3} ${strokeWidth * 2}`,
      }),
    );
  }
  for (let i = 0; i < detections.scores.length; i++) {
    const classId = detections.classIds[i];
    elements.push(rectangle(detections.boxes, i, { stroke: classColour(classId), strokeWidth }));
    const text = `${classNames[classId]} ${detections.scores[i].toFixed(2)}`;
    elements.push(
      label(text, detections.boxes[i * 4], detections.boxes[i * 4 + 1], { fontSize, colour: classColour(classId) }),
    );
  }
  return elements.join('');
}

/**
 * Writes a copy of an image with its detections drawn in, as JPEG.
 *
 * @throws DatasetError for an image that cannot be decoded or has another size, FileError where it cannot be written
 */
export async function writeDrawnImage(imagePath: string, outPath: string, drawing: Drawing): Promise<void> {
  const image = await drawn(imagePath, drawing);
  writeFileAtomic(outPath, await image.jpeg({ quality: 90 }).toBuffer());
}

/**
 * A copy of an image with boxes drawn in, its longer side at most `maxSide` pixels, as JPEG.
 *
 * @throws DatasetError for an image that cannot be decoded or has another size
 */
export async function drawnJpeg(
  imagePath: string,
  drawing: Drawing,
  maxSide: number,
): Promise<{ readonly width: number; readonly height: number; readonly encoded: Uint8Array }> {
  // libvips resizes before it composes: the two take a step each.
  const image = await drawn(imagePath, drawing);
  const whole = await image.png({ compressionLevel: 1 }).toBuffer();
  const { data, info } = await sharp(whole)
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, encoded: data };
}

async function drawn(imagePath: string, drawing: Drawing): Promise<sharp.Sharp> {
  const { width, height } = drawing.size;
  const { data } = (await decodeImage(imagePath, { expectedSize: drawing.size })).image;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxElements(drawing)}</svg>`;
  return sharp(data, { raw: { width, height, channels: 3 } }).composite([{ input: Buffer.from(svg) }]);
}

function rectangle(
  boxes: ArrayLike<number>,
  index: number,
  { stroke, strokeWidth, dashes }: { stroke: string; strokeWidth: number; dashes?: string },
): string {
  const [x1, y1, x2, y2] = [0, 1, 2, 3].map((axis) => boxes[index * 4 + axis]) as [number, number, number, number];
  const style = `fill="none" stroke="${stroke}" stroke-width="${strokeWidth.toFixed(1)}"`;
  const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`;
  return `<rect x="${x1.toFixed(1)}" y="${y1.toFixed(1)}" width="${(x2 - x1).toFixed(1)}" height="${(y2 - y1).toFixed(1)}" ${style}${dashed}/>`;
}

function label(text: string, x: number, y: number, { fontSize, colour }: { fontSize: number; colour: string }): string {
  const width = text.length * fontSize * 0.6;
  const top = Math.max(0, y - fontSize * 1.2);
  return (
    `<rect x="${x.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${(fontSize * 1.2).toFixed(1)}" fill="${colour}"/>` +
    `<text x="${(x + 1).toFixed(1)}" y="${(top + fontSize).toFixed(1)}" font-size="${fontSize.toFixed(1)}" font-family="sans-serif" fill="#fff">${escapeMarkup(text)}</text>`
  );
}
