import { placeLabels } from '@featuremine/boxes';
import { seriesColour } from './html-page';
import { escapeMarkup } from './markup';

/** A box to draw over an image. */
export interface DrawnBox {
  /** x1, y1, x2, y2 in pixels of the image. */
  readonly box: readonly [number, number, number, number];
  readonly label: string;
  /** Number of the colour, such as the class id. */
  readonly colour: number;
  /** True for a dashed line, such as that of a ground-truth box. */
  readonly isDashed?: boolean;
}

/** Options of `imageWithBoxes`. */
export interface ImageWithBoxesOptions {
  /** The image itself, `data:image/jpeg;base64,…`, so that the page needs no other file. */
  readonly dataUri: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly DrawnBox[];
  /** A line under the image. */
  readonly caption?: string;
}

/** Height of letters, in 300ths of the image's width. */
const LETTERS = 12;

/** An image with boxes and labels that keep apart as a figure for `htmlPage`; it scales with the page. */
export function imageWithBoxes({ dataUri, width, height, boxes, caption }: ImageWithBoxesOptions): string {
  if (!/^data:image\/[a-z+]+;base64,[A-Za-z0-9+/=]*$/.test(dataUri)) throw new Error('dataUri is no image in base64');
  // A figure is some 300 pixels wide on the page: widths of lines and letters are parts of that.
  const unit = width / 300;
  const outlines = boxes.map(({ box: [x1, y1, x2, y2], colour, isDashed }) => {
    const dash = isDashed ? ` stroke-dasharray="${number(5 * unit)} ${number(4 * unit)}"` : '';
    const place = `x="${number(x1)}" y="${number(y1)}" width="${number(x2 - x1)}" height="${number(y2 - y1)}"`;
    return `<rect ${place} fill="none" stroke="${seriesColour(colour)}" stroke-width="${number(2 * unit)}"${dash}/>`;
  });
  const labels = boxes.flatMap(({ label, box }) =>
    label === '' ? [] : [{ text: label, box, prefers: 'above' as const }],
  );
  const size = LETTERS * unit;
  const letters = `font-size="${number(size)}" paint-order="stroke" stroke="#000" stroke-width="${number(3 * unit)}"`;
  const names = placeLabels(labels, { size, width, height }).map(
    ({ x, y }, i) =>
      `<text x="${number(x)}" y="${number(y)}" ${letters} style="fill:#fff">${escapeMarkup(labels[i].text)}</text>`,
  );
  const image = `<image href="${dataUri}" width="${width}" height="${height}"/>`;
  const below = caption === undefined ? '' : `<figcaption>${escapeMarkup(caption)}</figcaption>`;
  const name = escapeMarkup(caption ?? 'image with boxes');
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">${image}${outlines.join('')}${names.join('')}</svg>${below}</figure>`;
}

function number(value: number): string {
  return String(Number(value.toFixed(2)));
}
