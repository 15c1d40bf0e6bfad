import type { Collective } from '@featuremine/mpi';

/** How well a classifier does on a set of images. */
export interface ClassificationResult {
  /** Share of images whose class has the highest logit, 0…1. */
  readonly top1: number;
  /** Share of images whose class is among the five highest logits (all of them when there are fewer classes). */
  readonly top5: number;
  /** Mean cross-entropy, without label smoothing. */
  readonly loss: number;
  readonly images: number;
}

/** Adds up predictions batch by batch; sums are kept in double precision. */
export class ClassificationScore {
  private images = 0;
  private first = 0;
  private firstFive = 0;
  private loss = 0;

  /** Adds the first `imageCount` rows of logits [N, K] with their labels [N]; further rows are padding. */
  add(logits: ArrayLike<number>, labels: ArrayLike<number>, { imageCount, numClasses }: BatchSize): void {
    for (let image = 0; image < imageCount; image++) {
      const { rank, loss } = rowScore(logits, { start: image * numClasses, numClasses, label: labels[image] });
      if (rank < 1) this.first++;
      if (rank < 5) this.firstFive++;
      this.loss += loss;
    }
    this.images += imageCount;
  }

  /** Adds up what all processes of a job have counted, on each of them. */
  async addUp(job: Pick<Collective, 'sum'>): Promise<void> {
    const sums = Float64Array.of(this.images, this.first, this.firstFive, this.loss);
    await job.sum(sums);
    [this.images, this.first, this.firstFive, this.loss] = sums;
  }

  result(): ClassificationResult {
    const { images } = this;
    const share = (count: number): number => (images === 0 ? 0 : count / images);
    return { top1: share(this.first), top5: share(this.firstFive), loss: share(this.loss), images };
  }
}

interface BatchSize {
  readonly imageCount: number;
  readonly numClasses: number;
}

interface Row {
  readonly start: number;
  readonly numClasses: number;
  readonly label: number;
}

// Rank is the number of classes before the label's; of equal logits the earlier class comes first. A logit that is no
// number is never right.
function rowScore(logits: ArrayLike<number>, { start, numClasses, label }: Row): { rank: number; loss: number } {
  const own = logits[start + label];
  let largest = -Infinity;
  for (let k = 0; k < numClasses; k++) largest = Math.max(largest, logits[start + k]);
  if (!Number.isFinite(own) || !Number.isFinite(largest)) return { rank: Infinity, loss: NaN };
  let rank = 0;
  let sum = 0;
  for (let k = 0; k < numClasses; k++) {
    const logit = logits[start + k];
    if (logit > own || (logit === own && k < label)) rank++;
    sum += Math.exp(logit - largest);
  }
  return { rank, loss: Math.log(sum) + largest - own };
}
