/** Finds the rows of one class that lie in an image, with memory for one class at a time. */
export class ImageGroups {
  private readonly first: Int32Array;
  private readonly last: Int32Array;

  constructor(imageCount: number) {
    this.first = new Int32Array(imageCount);
    this.last = new Int32Array(imageCount);
  }

  /** For the rows start … end − 1, sorted by image: those of image i are first[i] … last[i] − 1, until `close`. */
  open(imageIndex: Int32Array, start: number, end: number): { first: Int32Array; last: Int32Array } {
    const { first, last } = this;
    for (let row = end - 1; row >= start; row--) {
      const image = imageIndex[row];
      if (last[image] === 0) last[image] = row + 1;
      first[image] = row;
    }
    return { first, last };
  }

  /** Forgets what `open` was told. */
  close(imageIndex: Int32Array, start: number, end: number): void {
    for (let row = start; row < end; row++) {
      this.first[imageIndex[row]] = 0;
      this.last[imageIndex[row]] = 0;
    }
  }

  /** The first `most` rows of each image in a ranking, in its order, and how many of their image stand before each. */
  cut(ranked: Int32Array, imageIndex: Int32Array, most: number): { order: Int32Array; rankInImage: Int32Array } {
    const counts = this.last;
    const order = new Int32Array(ranked.length);
    const rankInImage = new Int32Array(ranked.length);
    let kept = 0;
    for (const row of ranked) {
      const rank = counts[imageIndex[row]]++;
      if (rank >= most) continue;
      order[kept] = row;
      rankInImage[kept++] = rank;
    }
    for (const row of ranked) counts[imageIndex[row]] = 0;
    return { order: order.subarray(0, kept), rankInImage: rankInImage.subarray(0, kept) };
  }
}
