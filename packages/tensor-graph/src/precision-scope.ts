/** What a step is recorded for. */
export interface RecordedFor {
  readonly precision: 'float32' | 'bfloat16';
  readonly isOnGpu: boolean;
}

type Precision = RecordedFor['precision'];

let promised: Precision | undefined;
let target: RecordedFor = { precision: 'float32', isOnGpu: false };

/**
 * Runs `fn` with the promise that the ops called inside stay float32 in a model of `precision: 'bfloat16'`: losses,
 * statistics and box arithmetic belong here. It changes nothing in eager mode and in float32 models.
 */
export function float32Scope<T>(fn: () => T): T {
  return promising('float32', fn);
}

/**
 * Runs `fn` with the promise that the ops called inside compute in bfloat16 in a model of that precision, as convolutions
 * do, whatever their inputs are; but for those that have no bfloat16 form here, and inside a `float32Scope`.
 */
export function bfloat16Scope<T>(fn: () => T): T {
  return promising(promised ?? 'bfloat16', fn);
}

function promising<T>(precision: Precision, fn: () => T): T {
  const before = promised;
  promised = precision;
  try {
    return fn();
  } finally {
    promised = before;
  }
}

/** The precision that is promised to the ops that are called now. */
export function promisedPrecision(): Precision | undefined {
  return promised;
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
  return promised === 'float32' ? { ...target, precision: 'float32' } : target;
}
