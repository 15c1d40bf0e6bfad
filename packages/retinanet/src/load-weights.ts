import { planLoad, requireComplete } from '@featuremine/weights';
import type { LoadPlan, StateDict } from '@featuremine/weights';
import type { Detector } from './detector';
import { BACKBONE_PREFIX } from './detector';

/** Weights that fit a detector, and what is to be said about the rest. */
export interface LoadedWeights {
  /** By variable name, in TensorFlow's layout. */
  readonly values: Map<string, Float32Array>;
  /** True when the class output keeps its fresh weights, because the file's is for other classes. */
  readonly isHeadReplaced: boolean;
  /** One sentence for the log. */
  readonly report: string;
}

const CLASS_OUTPUT = 'head.classification_head.cls_logits.';

/**
 * Fits the tensors of a classifier (`conv1.weight`, …, as torchvision's ResNet or backbone-pretrain saves them) to the
 * detector's backbone. The classifier's own head is left out; a whole detector's file gives its backbone.
 *
 * @throws WeightsError when a backbone variable is missing or has another shape.
 */
export function backboneWeights(detector: Detector, tensors: StateDict, file: string): LoadedWeights {
  const wanted = detector.variables.filter(({ name }) => name.startsWith(BACKBONE_PREFIX));
  const plan = planLoad(tensors, wanted, { rename: backboneName });
  requireComplete(plan, file);
  return { values: plan.loaded, isHeadReplaced: false, report: `${file}: ${plan.loaded.size} backbone tensors loaded` };
}

/**
 * Fits the tensors of a whole detector with torchvision's names, of either generation. A class output for another
 * number of classes is left out, so that it stays as it was started; everything else must fit.
 *
 * @throws WeightsError when another variable is missing or has another shape.
 */
export function detectorWeights(detector: Detector, tensors: StateDict, file: string): LoadedWeights {
  const plan = planLoad(tensors, detector.variables);
  const otherClasses = plan.misshapen.find(({ name }) => name === `${CLASS_OUTPUT}weight`);
  requireComplete(plan, file, (name) => otherClasses !== undefined && name.startsWith(CLASS_OUTPUT));
  return {
    values: plan.loaded,
    isHeadReplaced: otherClasses !== undefined,
    report: describe(plan, file, otherClasses),
  };
}

function backboneName(name: string): string | null {
  if (name.startsWith(BACKBONE_PREFIX)) return name;
  const isTrunk = /^(conv1|bn1|layer[1-4])\./.test(name);
  return isTrunk ? BACKBONE_PREFIX + name : null;
}

function describe(plan: LoadPlan, file: string, otherClasses: LoadPlan['misshapen'][number] | undefined): string {
  const loaded = `${file}: ${plan.loaded.size} tensors loaded`;
  if (otherClasses === undefined) return loaded;
  const columns = (shape: readonly number[]) => `${shape[0] / 9 - 1}`;
  return (
    `${loaded}; the class output is replaced by a fresh one, ` +
    `because the file's has ${columns(otherClasses.found)} classes and this data ${columns(otherClasses.expected)}`
  );
}
