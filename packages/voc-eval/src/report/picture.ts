import { placeLabels, type LabelPlace } from '@featuremine/boxes';
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
  const ofKind = (kind: DrawnBox['kind']): DrawnBox[] => boxes.filter((box) => box.kind === kind);
  const caption = `${ofKind('false').length} false, ${ofKind('missed').length} missed, ${ofKind('found').length} found`;
  // The inner svg cuts off what is beyond the image. Right ones first, so that the wrong ones lie on top, and all labels over them.
  const drawn = [...ofKind('found'), ...ofKind('missed'), ...ofKind('false')].map(drawBox);
  return html`<figure>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${image.id}: ${caption}">
      <svg width="${width}" height="${height}">
        ${pixels}${drawn}${drawLabels([...ofKind('false'), ...ofKind('missed')], width, height)}
      </svg>
    </svg>
    <figcaption><b>${image.id}</b> <span class="faint">${caption}</span></figcaption>
  </figure>`;
}

function drawBox({ kind, className, score, box: [x1, y1, x2, y2] }: DrawnBox): Content {
  return html`<rect
    class="box ${kind}"
    x="${x1}"
    y="${y1}"
    width="${Math.max(0, x2 - x1)}"
    height="${Math.max(0, y2 - y1)}"
    ><title>${kind} ${labelOf({ className, ...(score === undefined ? {} : { score }) })}</title></rect
  >`;
}

/** The names of what is wrong; false positives stand above their box and missed objects in it, as they often coincide. */
function drawLabels(boxes: readonly DrawnBox[], width: number, height: number): Content {
  const size = Math.min(Math.max(width, height) / 30, Math.min(width, height) / 8);
  const labels = boxes.map((drawn) => {
    const prefers = drawn.kind === 'false' ? ('above' as const) : ('inside' as const);
    return { text: labelOf(drawn), box: drawn.box, prefers };
  });
  const places = placeLabels(labels, { size, width, height });
  return labels.map(({ text }, i) => drawLabel(text, boxes[i].kind, places[i], size));
}

function drawLabel(text: string, kind: DrawnBox['kind'], { x, y }: LabelPlace, size: number): Content {
  const places = html`x="${x.toFixed(1)}" y="${y.toFixed(1)}"`;
  return html`<text
    class="label ${kind}"
    ${places}
    font-size="${size.toFixed(1)}"
    stroke-width="${(size / 5).toFixed(1)}"
    >${text}</text
  >`;
}

function labelOf({ className, score }: Pick<DrawnBox, 'className' | 'score'>): string {
  return score === undefined ? className : `${className} ${score.toFixed(2)}`;
}
