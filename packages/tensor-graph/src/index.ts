export { doctorCommand } from './commands/doctor';
export type { AccumulatedFunction, CompiledFunction, FunctionInputs } from './compiled-function';
export { CompiledModel } from './compiled-model';
export { modelWithValues } from './model-with-values';
export type { GradientExchange, ModelOptions, Precision } from './compiled-model';
export { frozenGraph } from './frozen-graph';
export type { FrozenGraphOptions } from './frozen-graph';
export type { InputSignature } from './graph-builder';
export { GraphDefMessage } from './protobuf';
export type { AttrValue, GraphDef, NodeDef, TensorShape, TensorValue } from './protobuf';
export { profileTable } from './profile';
export type { Profile, ProfileShare } from './profile';
export type { HostData, HostDataType, HostTensor } from './host-tensor';
export { elementCount } from './host-tensor';
export { optimizerOf } from './optimizer';
export type { AdamWConfig, OptimizerConfig, OptimizerOptions, SgdConfig, TrainOptions } from './optimizer';
export { float32Scope } from './precision-scope';
export { rawOp, int, float, bool, string, shape, type } from './raw-op';
export type { Attribute, Attributes } from './raw-op';
export { RecordingError } from './recording-error';
export type { StepContext, StepFunction } from './step-context';
export { runtimeVersions } from './runtime-versions';
export { tf } from './tensorflow';
export {
  constantInit,
  kaimingNormalFanOut,
  kaimingUniform,
  normalInit,
  onesInit,
  uniformInit,
  zerosInit,
} from './variables';
export { firstValues, parameterCount } from './variables';
export type { Distribution } from './first-values';
export type { Initializer, VariableSpec } from './variables';
export { batchNormLayer } from './batch-norm-layer';
export type { BatchNormLayerOptions } from './batch-norm-layer';
export { add } from './ops/add';
export { averagePool2d } from './ops/average-pool2d';
export type { AveragePool2dOptions } from './ops/average-pool2d';
export { batchNorm } from './ops/batch-norm';
export type { BatchNormOptions, BatchNormResult } from './ops/batch-norm';
export type { BatchNormParameters } from './ops/frozen-batch-norm';
export { conv2d } from './ops/conv2d';
export type { Conv2dOptions } from './ops/conv2d';
export { conv2dFrozenBatchNorm } from './ops/conv2d-frozen-batch-norm';
export type { Conv2dFrozenBatchNormOptions } from './ops/conv2d-frozen-batch-norm';
export { decodeBoxes } from './ops/decode-boxes';
export { l1Loss, smoothL1Loss } from './ops/delta-losses';
export { differentiable, differentiableOne } from './ops/differentiable';
export type { DifferentiableOp } from './ops/differentiable';
export { dropout } from './ops/dropout';
export { frozenBatchNorm } from './ops/frozen-batch-norm';
export { giouLoss } from './ops/giou-loss';
export { globalAveragePool } from './ops/global-average-pool';
export { groupNorm } from './ops/group-norm';
export type { GroupNormOptions } from './ops/group-norm';
export { linear } from './ops/linear';
export { maskedPool } from './ops/masked-pool';
export { maxPool2d } from './ops/max-pool2d';
export type { MaxPool2dOptions } from './ops/max-pool2d';
export { normalizeImages } from './ops/normalize-images';
export { relu } from './ops/relu';
export { sigmoidFocalLoss } from './ops/sigmoid-focal-loss';
export type { SigmoidFocalLossOptions } from './ops/sigmoid-focal-loss';
export { softmaxCrossEntropy } from './ops/softmax-cross-entropy';
export type { SoftmaxCrossEntropyOptions } from './ops/softmax-cross-entropy';
export { upsampleNearest } from './ops/upsample-nearest';
