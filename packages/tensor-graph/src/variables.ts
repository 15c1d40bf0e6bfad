import { ConfigError } from '@featuremine/errors';
import type { Random } from '@featuremine/random';
import { elementCount } from './host-tensor';

/** Draws the first value of a variable of this shape. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

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
export const kaimingNormalFanOut: Initializer = (shape, random) => {
  const fanOut = elementCount(shape.slice(0, -2)) * shape[shape.length - 1];
  return normalInit(Math.sqrt(2 / fanOut))(shape, random);
};

/** Uniform with bound √(6 / ((1 + a²) · fan in)); fan in is all dimensions but the last. */
export function kaimingUniform({ a }: { readonly a: number }): Initializer {
  return (shape, random) => uniformInit(Math.sqrt(6 / ((1 + a * a) * elementCount(shape.slice(0, -1)))))(shape, random);
}

/** Normal with mean 0 and this deviation. */
export function normalInit(deviation: number): Initializer {
  return (shape, random) => random.fillNormal(new Float32Array(elementCount(shape)), deviation);
}

/** Uniform in [−bound, bound). */
export function uniformInit(bound: number): Initializer {
  return (shape, random) => random.fillUniform(new Float32Array(elementCount(shape)), -bound, bound);
}

/** This value everywhere. */
export function constantInit(value: number): Initializer {
  return (shape) => new Float32Array(elementCount(shape)).fill(value);
}

/** 0 everywhere. */
export const zerosInit: Initializer = constantInit(0);
/** 1 everywhere. */
export const onesInit: Initializer = constantInit(1);

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
  return variables
    .filter(({ role }) => role === 'parameter')
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}
