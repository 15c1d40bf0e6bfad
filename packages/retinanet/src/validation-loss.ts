import type { Collective } from '@featuremine/mpi';
import type { DetectionBatch } from '@featuremine/vision-data';
import type { StepOutputs } from './detect-samples';
import type { LossOptions } from './losses';

/**
 * Gathers the loss of a validation set from the outputs of `validationStep`.
 *
 * With the normaliser `image` it is the mean over images, each divided by its own foreground anchors; with the others
 * the sum over the set divided by the set's. So it does not depend on how the set falls into batches.
 */
export class ValidationLoss {
  private images = 0;
  private foreground = 0;
  private classification = 0;
  private box = 0;

  constructor(private readonly normalizer: LossOptions['normalizer']) {}

  add({ imageCount }: Pick<DetectionBatch, 'imageCount'>, outputs: StepOutputs): void {
    const { classificationSums, boxSums, foregroundCounts } = outputs;
    for (let image = 0; image < imageCount; image++) {
      const count = foregroundCounts.data[image];
      const divisor = this.normalizer === 'image' ? Math.max(1, count) : 1;
      this.classification += classificationSums.data[image] / divisor;
      this.box += boxSums.data[image] / divisor;
      this.foreground += count;
    }
    this.images += imageCount;
  }

  /** Adds up what all processes of a job have gathered, on each of them. */
  async addUp(job: Pick<Collective, 'sum'>): Promise<void> {
    const sums = Float64Array.of(this.images, this.foreground, this.classification, this.box);
    await job.sum(sums);
    [this.images, this.foreground, this.classification, this.box] = sums;
  }

  /** Named as in metrics.jsonl. */
  metrics(): Record<string, number> {
    const divisor = Math.max(1, this.normalizer === 'image' ? this.images : this.foreground);
    const [classificationLoss, boxLoss] = [this.classification / divisor, this.box / divisor];
    return {
      'val/loss': classificationLoss + boxLoss,
      'val/classificationLoss': classificationLoss,
      'val/boxLoss': boxLoss,
    };
  }
}
