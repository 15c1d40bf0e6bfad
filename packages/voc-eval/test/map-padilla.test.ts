import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DetectionList, evaluateVoc, matchVoc, type Detections, type GroundTruth } from '@featuremine/voc-eval';
import { dataFolder } from './support/data';

const folder = dataFolder('map-padilla');

/** The set's lines: `object [score] x y width height`, corners x + width and y + height, VOC pixels. */
function readLines(part: string, file: string): number[][] {
  const text = readFileSync(join(folder!, part, file), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).slice(1).map(Number));
}

function load(): { groundTruth: GroundTruth; detections: Detections } {
  const files = readdirSync(join(folder!, 'groundtruths')).sort();
  const list = new DetectionList();
  const images = files.map((file, image) => {
    for (const [score, x, y, width, height] of readLines('detections', file)) {
      list.add(image, 0, score, [x - 1, y - 1, x + width, y + height]);
    }
    const objects = readLines('groundtruths', file).map(([x, y, width, height]) => {
      return { classId: 0, isDifficult: false, box: [x - 1, y - 1, x + width, y + height] as const };
    });
    return { id: file, width: 0, height: 0, objects };
  });
  return { groundTruth: { classNames: ['object'], images }, detections: list.detections() };
}

(folder === undefined ? describe.skip : describe)('map-padilla, a case with published answers', () => {
  const expected = (): Record<string, Record<string, number>> =>
    JSON.parse(readFileSync(join(folder!, 'expected.json'), 'utf8')) as Record<string, Record<string, number>>;

  it.each(['0.1', '0.3', '0.5', '0.75'])('gives both published APs at IoU %s', (iou) => {
    const options = { ...load(), iouThresholds: [Number(iou)] };
    expect(evaluateVoc({ ...options, protocol: 'voc10' }).mAP).toBeCloseTo(expected()['ap_all_points'][iou], 9);
    expect(evaluateVoc({ ...options, protocol: 'voc07' }).mAP).toBeCloseTo(expected()['ap_11point'][iou], 9);
  });

  it.each([
    [0.1, 0.280133],
    [0.3, 0.225397],
    [0.5, 0.022222],
  ])('gives the published AP without the +1 at IoU %d', (iou, ap) => {
    const evaluation = evaluateVoc({ ...load(), iouThresholds: [iou], protocol: 'voc10', isPixelInclusive: false });
    expect(evaluation.mAP).toBeCloseTo(ap, 6);
  });

  it('finds 7 of the 24 detections true at IoU 0.3', () => {
    const { rankings } = matchVoc({
      ...load(),
      iouThresholds: [0.3],
      isPixelInclusive: true,
      ignoresDifficult: true,
    });
    expect(rankings[0].positives).toBe(15);
    expect(rankings[0].outcomes[0]).toHaveLength(24);
    expect(rankings[0].outcomes[0].filter((judged) => judged === 1)).toHaveLength(7);
  });
});
