/** What a step is recorded for. */
export interface RecordedFor {
  readonly precision: 'float32' | 'bfloat16';
  readonly isOnGpu: boolean;
}

let depth = 0;
let target: RecordedFor = { precision: 'float32', isOnGpu: false };

/**
 * Runs `fn` with the promise that the ops called inside stay float32 in a model of `precision: 'bfloat16'`: losses,
 * statistics and box arithmetic belong here. It changes nothing in eager mode and in float32 models.
 */
export function float32Scope<T>(fn: () => T): T {
  depth++;
  try {
    return fn();
  } finally {
    depth--;
  }
}

/** Whether the code that runs now is inside a `float32Scope`. */
export function isInFloat32Scope(): boolean {
  return depth > 0;
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
  return isInFloat32Scope() ? { ...target, precision: 'float32' } : target;
}
