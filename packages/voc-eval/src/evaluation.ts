/** The protocols by which detections are judged. */
export type Protocol = 'voc07' | 'voc10' | 'coco';

/** What an evaluation says of one class. */
export interface ClassEvaluation {
  /** Average precision, 0 … 1, the mean over the IoU thresholds; null (coco: −1) without ground truth. */
  readonly ap: number | null;
  /** Objects to be found: difficult and crowd objects are not among them. */
  readonly groundTruths: number;
  /** Detections of the class that were read. */
  readonly detections: number;
}

/** One evaluation, as `--json` prints it. */
export interface Evaluation {
  readonly protocol: Protocol;
  /** The IoU threshold, or `0.50:0.95` for a mean over thresholds in steps of 0.05. */
  readonly iou: number | string;
  /** Mean AP over the classes with ground truth; null (coco: −1) when there is none. */
  readonly mAP: number | null;
  /** Each class by name, in the order of `classNames`. */
  readonly classes: Readonly<Record<string, ClassEvaluation>>;
}
