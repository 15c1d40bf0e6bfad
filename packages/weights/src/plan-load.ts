import { WeightsError, nearestName } from '@featuremine/errors';
import { fromTorchLayout, torchShape } from './layout';
import { asFloat32, type StateDict } from './state-dict';
import { currentTorchvisionName, isBatchCounter, withoutWrapper } from './torchvision-names';

/** A variable of a network: torchvision's name, and the shape in this toolkit's layout (HWIO, [in, out]). */
export interface WantedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A tensor whose shape does not fit; both shapes are in PyTorch's layout, as the file's author knows them. */
export interface Misshapen {
  readonly name: string;
  readonly found: readonly number[];
  readonly expected: readonly number[];
}

/** What a file gives to a network. Every wanted name is in exactly one of loaded, missing and misshapen. */
export interface LoadPlan {
  /** By variable name, in this toolkit's layout, float32. */
  readonly loaded: Map<string, Float32Array>;
  /** Wanted and not in the file. */
  readonly missing: readonly string[];
  /** In the file and not wanted; batch counters are not listed. */
  readonly unexpected: readonly string[];
  readonly misshapen: readonly Misshapen[];
  /** The report for people: one line when all fits, else up to ten names of each kind. */
  readonly text: string;
}

/** Choices of `planLoad`. */
export interface LoadOptions {
  /**
   * The variable's name for a name of the file (after the renaming of old generations), or null to leave a tensor out
   * on purpose, so that it is not reported: `(name) => (name.startsWith('fc.') ? null : 'backbone.body.' + name)`.
   */
  readonly rename?: (name: string) => string | null;
}

/**
 * Compares a state dict with what a network wants, and converts what fits.
 *
 * Both generations of torchvision's RetinaNet names are understood, a common prefix `module.` is dropped, and batch
 * counters (`num_batches_tracked`) are ignored. Nothing is thrown for a misfit: see `requireComplete`.
 */
export function planLoad(tensors: StateDict, wanted: readonly WantedTensor[], options: LoadOptions = {}): LoadPlan {
  const rename = options.rename ?? ((name: string) => name);
  const available: StateDict = new Map();
  for (const [name, tensor] of withoutWrapper(tensors)) {
    if (isBatchCounter(name)) continue;
    const target = rename(currentTorchvisionName(name));
    if (target !== null) available.set(target, tensor);
  }
  const loaded = new Map<string, Float32Array>();
  const missing: string[] = [];
  const misshapen: Misshapen[] = [];
  for (const { name, shape } of wanted) {
    const tensor = available.get(name);
    available.delete(name);
    if (tensor === undefined) {
      missing.push(name);
      continue;
    }
    const expected = torchShape(shape);
    if (!equalShapes(tensor.shape, expected)) misshapen.push({ name, found: tensor.shape, expected });
    else loaded.set(name, fromTorchLayout(tensor.shape, asFloat32(tensor)).data);
  }
  const unexpected = [...available.keys()];
  return { loaded, missing, unexpected, misshapen, text: describe({ loaded, missing, unexpected, misshapen }) };
}

/**
 * Throws a WeightsError with the plan's report unless every wanted tensor was loaded, apart from those that
 * `mayBeAbsent` accepts (such as a head for other classes). Unexpected tensors are no fault.
 */
export function requireComplete(
  plan: LoadPlan,
  where: string,
  mayBeAbsent: (name: string) => boolean = () => false,
): void {
  const missing = plan.missing.filter((name) => !mayBeAbsent(name));
  const misshapen = plan.misshapen.filter(({ name }) => !mayBeAbsent(name));
  if (missing.length === 0 && misshapen.length === 0) return;
  const hint = missing.length > 0 ? nearestName(missing[0], plan.unexpected) : undefined;
  throw new WeightsError({
    where,
    found: describe({ loaded: plan.loaded, missing, unexpected: plan.unexpected, misshapen }),
    fix: `Use weights of the same network${hint === undefined ? '' : ` (the file has ${hint} where ${missing[0]} is wanted)`}`,
  });
}

function describe(plan: Omit<LoadPlan, 'text'>): string {
  const shapes = ({ name, found, expected }: Misshapen) =>
    `${name} [${found.join(', ')}], not [${expected.join(', ')}]`;
  const parts = [`${plan.loaded.size} tensors fit`];
  if (plan.missing.length > 0) parts.push(`${plan.missing.length} missing (${listed(plan.missing)})`);
  if (plan.misshapen.length > 0)
    parts.push(`${plan.misshapen.length} of another shape (${listed(plan.misshapen.map(shapes))})`);
  if (plan.unexpected.length > 0) parts.push(`${plan.unexpected.length} not used (${listed(plan.unexpected)})`);
  return parts.join('; ');
}

function listed(names: readonly string[]): string {
  const more = names.length - 10;
  return names.slice(0, 10).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
