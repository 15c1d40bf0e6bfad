import fc from 'fast-check';
import { BACKGROUND, IGNORED, iouMatrix, matchAnchors, retinanetAnchors } from '../src';
import { torchvision } from './fixture';

/** Index and match of every anchor that is not background. */
function pairs(matches: Int32Array): number[] {
  const found: number[] = [];
  matches.forEach((match, i) => {
    if (match !== BACKGROUND) found.push(i, match);
  });
  return found;
}

describe('matchAnchors', () => {
  const anchors = Float32Array.of(0, 0, 10, 10, 0, 0, 10, 4.5, 20, 0, 30, 10, 50, 50, 60, 60);

  it('ignores what lies between the thresholds', () => {
    expect([...matchAnchors(anchors, Float32Array.of(0, 0, 10, 10))]).toEqual([0, IGNORED, BACKGROUND, BACKGROUND]);
  });
  it('gives a box its best anchor however low the overlap', () => {
    const matches = matchAnchors(anchors, Float32Array.of(29, 9, 49, 49));
    expect([...matches]).toEqual([BACKGROUND, BACKGROUND, 0, BACKGROUND]);
  });
  it('does so only when low quality is allowed', () => {
    const matches = matchAnchors(anchors, Float32Array.of(29, 9, 49, 49), { allowLowQuality: false });
    expect([...matches]).toEqual([BACKGROUND, BACKGROUND, BACKGROUND, BACKGROUND]);
  });
  it('makes every anchor foreground that ties for a best overlap', () => {
    const two = Float32Array.of(0, 0, 10, 10, 12, 0, 22, 10);
    expect([...matchAnchors(two, Float32Array.of(9, 0, 13, 10))]).toEqual([0, 0]);
  });
  it('assigns a low-quality anchor to its own best box', () => {
    // The only anchor is the best of both boxes, and overlaps the second one more.
    const matches = matchAnchors(Float32Array.of(0, 0, 10, 10), Float32Array.of(9, 0, 20, 10, 0, 0, 3, 10));
    expect([...matches]).toEqual([1]);
  });
  it('takes the first of equal boxes', () => {
    expect(matchAnchors(anchors, Float32Array.of(0, 0, 10, 10, 0, 0, 10, 10))[0]).toBe(0);
  });
  it('calls all anchors background when there is no box, or none that they touch', () => {
    expect(pairs(matchAnchors(anchors, new Float32Array(0)))).toEqual([]);
    expect(pairs(matchAnchors(anchors, Float32Array.of(900, 900, 950, 950)))).toEqual([]);
  });

  for (const peer of torchvision.matches) {
    it(`is exactly that of torchvision for ${peer.gtBoxes.length / 4} boxes at ${peer.width}x${peer.height}`, () => {
      const all = retinanetAnchors(peer.width, peer.height);
      const gtBoxes = Float32Array.from(peer.gtBoxes);
      expect(pairs(matchAnchors(all, gtBoxes))).toEqual(peer.matches);
      expect(pairs(matchAnchors(all, gtBoxes, { allowLowQuality: false }))).toEqual(peer.strictMatches);
    });
  }

  it('agrees with the table on the whole IoU matrix', () => {
    const coordinate = fc.nat(40);
    const box = fc
      .tuple(coordinate, coordinate, coordinate, coordinate)
      .map(([x, y, w, h]) => [x, y, x + w + 1, y + h + 1]);
    const boxes = fc.array(box, { minLength: 1, maxLength: 12 }).map((list) => Float32Array.from(list.flat()));
    fc.assert(
      fc.property(boxes, boxes, (someAnchors, gtBoxes) => {
        const matches = matchAnchors(someAnchors, gtBoxes);
        const overlaps = iouMatrix(gtBoxes, someAnchors);
        const count = someAnchors.length / 4;
        const rows = Array.from({ length: gtBoxes.length / 4 }, (_, g) => [
          ...overlaps.subarray(g * count, (g + 1) * count),
        ]);
        matches.forEach((match, i) => {
          const column = rows.map((row) => row[i]);
          const best = Math.max(...column);
          const isSomeBest = rows.some((row) => row[i] > 0 && row[i] === Math.max(...row));
          const expected = column.indexOf(best);
          if (best >= 0.5 || isSomeBest) expect(match).toBe(expected);
          else expect(match).toBe(best >= Math.fround(0.4) ? IGNORED : BACKGROUND);
        });
      }),
    );
  });
});
