import { planLoad, requireComplete } from '@featuremine/weights';
import type { LoadPlan, StateDict } from '@featuremine/weights';
import type { Detector } from './detector';
import { BACKBONE_PREFIX } from './detector';

/** Weights that fit a detector, and what is to be said about the rest. */
export interface LoadedWeights {
  /** By variable name, in TensorFlow's layout. */
  readonly values: Map<string, Float32Array>;
  /** True when an output of the head keeps its fresh weights, because the file's is for other classes or anchors. */
  readonly isHeadReplaced: boolean;
  /** One sentence for the log. */
  readonly report: string;
}

/** How `detectorWeights` reads a file. */
export interface DetectorWeightsOptions {
  /** ε of the file's batch norm: another one than 1e-5 is worked into the variances, so that the outputs are the same. */
  readonly normEpsilon?: number;
  /** The names of the file's classes and of the detector's: when they differ, the class output is replaced. */
  readonly classes?: { readonly found: readonly string[]; readonly expected: readonly string[] } | undefined;
}

/** ε of batch norm here, as almost everywhere. */
const NORM_EPSILON = 1e-5;
const CLASS_OUTPUT = 'head.classification_head.cls_logits.';
const BOX_OUTPUT = 'head.regression_head.bbox_reg.';

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
 * Fits the tensors of a whole detector with torchvision's names, of either generation. An output for other classes or
 * another number of anchors is left out, so that it stays as it was started; everything else must fit.
 *
 * @throws WeightsError when another variable is missing or has another shape.
 */
export function detectorWeights(
  detector: Detector,
  tensors: StateDict,
  file: string,
  { normEpsilon = NORM_EPSILON, classes }: DetectorWeightsOptions = {},
): LoadedWeights {
  const plan = planLoad(tensors, detector.variables);
  const replaced = [CLASS_OUTPUT, BOX_OUTPUT].filter((output) =>
    plan.misshapen.some(({ name }) => name === `${output}weight`),
  );
  requireComplete(plan, file, (name) => replaced.some((output) => name.startsWith(output)));
  if (normEpsilon !== NORM_EPSILON) moveVariances(plan.loaded, normEpsilon - NORM_EPSILON);
  if (replaced.length > 0 || classes === undefined || isSameList(classes.found, classes.expected)) {
    return { values: plan.loaded, isHeadReplaced: replaced.length > 0, report: describe(plan, file) };
  }
  const values = new Map([...plan.loaded].filter(([name]) => !name.startsWith(CLASS_OUTPUT)));
  const [found, expected] = [classes.found, classes.expected].map((names) => names.join(', '));
  const reason = `because the file's classes are ${found}, and those of this data ${expected}`;
  return { values, isHeadReplaced: true, report: `${loadedText(values, file)}; ${CLASS_REPLACED}, ${reason}` };
}

function moveVariances(values: Map<string, Float32Array>, by: number): void {
  for (const [name, variances] of values) {
    if (name.endsWith('.running_var'))
      values.set(
        name,
        variances.map((value) => value + by),
      );
  }
}

function backboneName(name: string): string | null {
  if (name.startsWith(BACKBONE_PREFIX)) return name;
  const isTrunk = /^(conv1|bn1|layer[1-4])\./.test(name);
  return isTrunk ? BACKBONE_PREFIX + name : null;
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

const CLASS_REPLACED = 'the class output is replaced by a fresh one';

function loadedText({ size }: ReadonlyMap<string, unknown>, file: string): string {
  return `${file}: ${size} tensors loaded`;
}

function describe(plan: LoadPlan, file: string): string {
  const rowsOf = (output: string): readonly [number, number] | undefined => {
    const found = plan.misshapen.find(({ name }) => name === `${output}weight`);
    return found && [found.found[0], found.expected[0]];
  };
  const loaded = loadedText(plan.loaded, file);
  const boxRows = rowsOf(BOX_OUTPUT);
  if (boxRows) {
    const [found, expected] = boxRows.map((rows) => rows / 4) as [number, number];
    return `${loaded}; both outputs are replaced by fresh ones, because the file has ${found} anchors a cell, not ${expected}`;
  }
  const classRows = rowsOf(CLASS_OUTPUT);
  if (classRows === undefined) return loaded;
  const perCell = plan.loaded.get(`${BOX_OUTPUT}bias`)!.length / 4;
  const [found, expected] = classRows.map((rows) => rows / perCell - 1) as [number, number];
  return `${loaded}; ${CLASS_REPLACED}, because the file's has ${found} classes and this data ${expected}`;
}
