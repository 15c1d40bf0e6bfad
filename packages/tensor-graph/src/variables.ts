import { ConfigError } from '@featuremine/errors';
import type { Random } from '@featuremine/random';
import { drawFrom, type Distribution, type Draw } from './first-values';
import { elementCount } from './host-tensor';

/** The first values of a variable of this shape, or what they are to be drawn from. */
export type Initializer = (shape: readonly number[]) => Float32Array | Distribution;

/** A float32 variable of a network. */
export interface VariableSpec {
  /** Unique; torchvision's name, such as `layer1.0.conv1.weight`. */
  readonly name: string;
  /** In TensorFlow's layout: filters [height, width, in, out], matrices [in, out]. */
  readonly shape: readonly number[];
  /** A parameter is trained; a buffer (running statistics) is assigned by the step function. */
  readonly role: 'parameter' | 'buffer';
  /** Whether the optimizer changes it. False for buffers and frozen parameters. */
  readonly isTrainable: boolean;
  /** Whether weight decay applies to it. */
  readonly hasDecay: boolean;
  readonly initial: Initializer;
}

/** Normal with deviation √(2 / (out · height · width)): torchvision's choice for convolutions (He et al., fan out). */
export const kaimingNormalFanOut: Initializer = (shape) => {
  const fanOut = elementCount(shape.slice(0, -2)) * shape[shape.length - 1];
  return { kind: 'normal', deviation: Math.sqrt(2 / fanOut) };
};

/** Uniform with bound √(6 / ((1 + a²) · fan in)); fan in is all dimensions but the last. */
export function kaimingUniform({ a }: { readonly a: number }): Initializer {
  return (shape) => ({ kind: 'uniform', bound: Math.sqrt(6 / ((1 + a * a) * elementCount(shape.slice(0, -1)))) });
}

/** Normal with mean 0 and this deviation. */
export function normalInit(deviation: number): Initializer {
  return () => ({ kind: 'normal', deviation });
}

/** Uniform in [−bound, bound). */
export function uniformInit(bound: number): Initializer {
  return () => ({ kind: 'uniform', bound });
}

/** This value everywhere. */
export function constantInit(value: number): Initializer {
  return (shape) => new Float32Array(elementCount(shape)).fill(value);
}

/** 0 everywhere. */
export const zerosInit: Initializer = constantInit(0);
/** 1 everywhere. */
export const onesInit: Initializer = constantInit(1);

/** The first values of a variable, drawn from the next numbers of `random` where they are drawn. */
export function firstValues({ shape, initial }: VariableSpec, random: Random): Float32Array {
  const first = initial(shape);
  return 'kind' in first ? drawFrom(first, elementCount(shape), random) : first;
}

/** The first values of a variable in a model of this seed, drawn from a stream of their own where they are drawn. */
export function ownFirstValues({ name, shape, initial }: VariableSpec, seed: number): Float32Array | Draw {
  const first = initial(shape);
  if (!('kind' in first)) return first;
  return { distribution: first, count: elementCount(shape), stream: [seed, 'variable', name] };
}

/** Refuses a training step of variables that are all frozen. @throws ConfigError */
export function checkTrained(step: string, variables: readonly VariableSpec[]): void {
  if (variables.some(({ isTrainable }) => isTrainable)) return;
  throw new ConfigError({
    where: `step ${step}`,
    found: `none of the model’s ${variables.length} variables is trainable`,
    expected: 'at least one',
    fix: 'Set `isTrainable` of what shall be trained, or make the step with `evaluation`',
  });
}

/** Refuses a list in which a name stands twice. @throws ConfigError */
export function checkVariables(variables: readonly VariableSpec[]): void {
  const seen = new Set<string>();
  for (const { name } of variables) {
    if (seen.has(name)) {
      throw new ConfigError({
        where: `variable ${name}`,
        found: 'the name stands twice',
        fix: 'Give each variable its own name',
      });
    }
    seen.add(name);
  }
}

/** The number of parameters as torchvision counts them: buffers do not count, frozen parameters do. */
export function parameterCount(variables: readonly VariableSpec[]): number {
  return variables.filter(({ role }) => role === 'parameter').reduce((sum, { shape }) => sum + elementCount(shape), 0);
}
