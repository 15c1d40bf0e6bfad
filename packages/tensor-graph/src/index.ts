export { doctorCommand } from './commands/doctor';
export { CompiledModel } from './compiled-model';
export type {
  AccumulatedFunction,
  CompiledFunction,
  FunctionInputs,
  GradientExchange,
  ModelOptions,
  Precision,
} from './compiled-model';
export { frozenGraph } from './frozen-graph';
export type { FrozenGraphOptions } from './frozen-graph';
export type { InputSignature } from './graph-builder';
export { GraphDefMessage } from './protobuf';
export type { AttrValue, GraphDef, NodeDef, TensorShape, TensorValue } from './protobuf';
export { profileTable } from './profile';
export type { Profile, ProfileShare } from './profile';
export type { HostData, HostDataType, HostTensor } from './host-tensor';
export { elementCount } from './host-tensor';
export type { AdamWConfig, OptimizerConfig, SgdConfig, TrainOptions } from './optimizer';
export { float32Scope } from './precision-scope';
export { rawOp, int, float, bool, string, shape, type } from './raw-op';
export type { Attribute, Attributes } from './raw-op';
export { RecordingError } from './recording-error';
export type { StepContext, StepFunction } from './step-context';
export { tensorflowVersion, tf } from './tensorflow';
export {
  constantInit,
  kaimingNormalFanOut,
  kaimingUniform,
  normalInit,
  onesInit,
  uniformInit,
  zerosInit,
} from './variables';
export type { Initializer, VariableSpec } from './variables';
export { batchNormLayer } from './batch-norm-layer';
export type { BatchNormLayerOptions } from './batch-norm-layer';
export {
  add,
  averagePool2d,
  batchNorm,
  conv2d,
  conv2dFrozenBatchNorm,
  decodeBoxes,
  differentiable,
  dropout,
  frozenBatchNorm,
  giouLoss,
  globalAveragePool,
  groupNorm,
  l1Loss,
  linear,
  maskedPool,
  maxPool2d,
  normalizeImages,
  relu,
  sigmoidFocalLoss,
  smoothL1Loss,
  softmaxCrossEntropy,
  upsampleNearest,
} from './ops';
export type {
  AveragePool2dOptions,
  BatchNormOptions,
  BatchNormParameters,
  BatchNormResult,
  Conv2dFrozenBatchNormOptions,
  Conv2dOptions,
  DifferentiableOp,
  GroupNormOptions,
  MaxPool2dOptions,
  SigmoidFocalLossOptions,
  SoftmaxCrossEntropyOptions,
} from './ops';
