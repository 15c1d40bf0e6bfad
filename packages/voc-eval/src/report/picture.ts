import type { GroundTruthImage } from '../ground-truth';
import { html, type Content, type Markup } from './markup';
import type { DrawnBox, WorstImage } from './worst-images';

/** An image of the report with its boxes; without pixels they are drawn on an empty area. */
export function picture(image: GroundTruthImage, { boxes }: WorstImage, dataUri: string | undefined): Markup {
  const width = image.width > 0 ? image.width : Math.max(...boxes.map(({ box }) => box[2]));
  const height = image.height > 0 ? image.height : Math.max(...boxes.map(({ box }) => box[3]));
  const pixels =
    dataUri === undefined
      ? undefined
      : html`<image href="${dataUri}" width="${width}" height="${height}" preserveAspectRatio="none" />`;
  const count = (kind: DrawnBox['kind']): number => boxes.filter((box) => box.kind === kind).length;
  const caption = `${count('false')} false, ${count('missed')} missed, ${count('found')} found`;
  // Right ones first, so that the wrong ones lie on top.
  const order: readonly DrawnBox['kind'][] = ['found', 'missed', 'false'];
  const drawn = order.flatMap((kind) => boxes.filter((box) => box.kind === kind));
  return html`<figure>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${image.id}: ${caption}">
      ${pixels}${drawn.map((box) => drawBox(box, width, height))}
    </svg>
    <figcaption><b>${image.id}</b> <span class="faint">${caption}</span></figcaption>
  </figure>`;
}

function drawBox({ kind, className, score, box }: DrawnBox, width: number, height: number): Content {
  const [x1, y1, x2, y2] = box;
  const size = Math.max(width, height) / 34;
  const label = kind === 'missed' ? className : `${className} ${score!.toFixed(2)}`;
  const title = kind === 'missed' ? `missed ${label}` : `${kind === 'false' ? 'false' : 'found'} ${label}`;
  const shape = html`<rect
    class="box ${kind}"
    x="${x1}"
    y="${y1}"
    width="${Math.max(0, x2 - x1)}"
    height="${Math.max(0, y2 - y1)}"
    ><title>${title}</title></rect
  >`;
  if (kind === 'found') return shape;
  // False positives are named above their box and missed objects inside it, at the bottom: they often lie together.
  const baseline = kind === 'false' ? y1 - size / 4 : y2 - size / 4;
  const y = Math.max(size, Math.min(height - size / 4, baseline));
  const x = Math.max(0, Math.min(x1 + size / 5, width - (size * label.length) / 2));
  return [
    shape,
    html`<text class="label ${kind}" x="${x}" y="${y}" font-size="${size}" stroke-width="${size / 6}">${label}</text>`,
  ];
}
