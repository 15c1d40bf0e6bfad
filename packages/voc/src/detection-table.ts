/** Detections in growing columns; memory is at most about twice what the rows need. */
export class DetectionTable {
  private readonly imageIds: string[] = [];
  private readonly imageNumbers = new Map<string, number>();
  private count = 0;
  private imageIndex = new Int32Array(1024);
  private classIndex = new Int32Array(1024);
  private scores = new Float64Array(1024);
  private boxes = new Float64Array(4096);

  /** The number of an image id, a new one at its first appearance. */
  imageOf(id: string): number {
    let number = this.imageNumbers.get(id);
    if (number === undefined) {
      number = this.imageIds.length;
      this.imageIds.push(id);
      this.imageNumbers.set(id, number);
    }
    return number;
  }

  /** Adds a row of score, x1, y1, x2, y2. */
  add(image: number, classId: number, values: Float64Array): void {
    const row = this.count++;
    if (row === this.scores.length) this.grow();
    this.imageIndex[row] = image;
    this.classIndex[row] = classId;
    this.scores[row] = values[0];
    for (let k = 0; k < 4; k++) this.boxes[4 * row + k] = values[k + 1];
  }

  finish(): {
    readonly imageIds: readonly string[];
    readonly imageIndex: Int32Array;
    readonly classIndex: Int32Array;
    readonly scores: Float64Array;
    readonly boxes: Float64Array;
  } {
    return {
      imageIds: this.imageIds,
      imageIndex: this.imageIndex.slice(0, this.count),
      classIndex: this.classIndex.slice(0, this.count),
      scores: this.scores.slice(0, this.count),
      boxes: this.boxes.slice(0, 4 * this.count),
    };
  }

  private grow(): void {
    const size = 2 * this.scores.length;
    const { imageIndex, classIndex, scores, boxes } = this;
    (this.imageIndex = new Int32Array(size)).set(imageIndex);
    (this.classIndex = new Int32Array(size)).set(classIndex);
    (this.scores = new Float64Array(size)).set(scores);
    (this.boxes = new Float64Array(4 * size)).set(boxes);
  }
}
