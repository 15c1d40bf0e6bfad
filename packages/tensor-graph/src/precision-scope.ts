/** What a step is recorded for. */
export interface RecordedFor {
  readonly precision: 'float32' | 'bfloat16';
  readonly isOnGpu: boolean;
}

let float32Depth = 0;
let bfloat16Depth = 0;
let target: RecordedFor = { precision: 'float32', isOnGpu: false };

/**
 * Runs `fn` with the promise that the ops called inside stay float32 in a model of `precision: 'bfloat16'`: losses,
 * statistics and box arithmetic belong here. It changes nothing in eager mode and in float32 models.
 */
export function float32Scope<T>(fn: () => T): T {
  float32Depth++;
  try {
    return fn();
  } finally {
    float32Depth--;
  }
}

/**
 * Runs `fn` with the promise that the ops called inside compute in bfloat16 in a model of that precision, as convolutions
 * do, whatever their inputs are; but for those that have no bfloat16 form here, and inside a `float32Scope`.
 */
export function bfloat16Scope<T>(fn: () => T): T {
  bfloat16Depth++;
  try {
    return fn();
  } finally {
    bfloat16Depth--;
  }
}

/** The precision that is promised to the ops that are called now. */
export function promisedPrecision(): 'float32' | 'bfloat16' | undefined {
  if (float32Depth > 0) return 'float32';
  return bfloat16Depth > 0 ? 'bfloat16' : undefined;
}

/** Records `fn` for a model: ops may choose the form that is fast there. */
export function recordFor<T>(model: RecordedFor, fn: () => T): T {
  const before = target;
  target = model;
  try {
    return fn();
  } finally {
    target = before;
  }
}

/** What is recorded now is computed so. Eager mode counts as float32 on a CPU. */
export function recordedFor(): RecordedFor {
  return float32Depth > 0 ? { ...target, precision: 'float32' } : target;
}
