// The ops of batch-norm.h for TensorFlow, on the CPU, in float32 and bfloat16.
#include "batch-norm.h"

#include "registration.h"

namespace featuremine {
namespace {

void* newEpsilon(TF_OpKernelConstruction* construction) {
  return newAttribute(construction, "epsilon", TF_OpKernelConstruction_GetAttrFloat);
}

// FeaturemineBatchNorm[Relu|AddRelu]: x, scale, offset[, side] to y, the batch's mean, its unbiased variance, and
// 1 / √(variance + ε).
template <Ending ending, typename T>
void computeForward(void* epsilon, TF_OpKernelContext* context) {
  Call call(context);
  const Tensor x = call.input(0);
  const Tensor scale = call.input(1);
  const Tensor offset = call.input(2);
  const Tensor side = ending == Ending::kAddRelu ? call.input(3) : Tensor();
  const Tensor y = call.output(0, x);
  const Tensor mean = call.output(1, scale);
  const Tensor variance = call.output(2, scale);
  const Tensor inverse = call.output(3, scale);
  if (call.failed()) return;
  if (x.elements() == 0) return call.fail("batch normalisation of no values");
  const Layout layout(x.elements() / x.lastDimension(), x.lastDimension());
  batchNorm<ending, T>(layout, x.data<T>(), side.data<T>(), scale.data<float>(), offset.data<float>(),
                       *static_cast<float*>(epsilon),
                       {mean.data<float>(), variance.data<float>(), inverse.data<float>()}, y.data<T>());
}

// FeaturemineBatchNorm…Grad: dy, x, scale, mean, 1 / deviation[, offset or y] to dx, dscale, doffset[, dside].
template <Ending ending, typename T>
void computeGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  // The gradient before the ReLU takes the place of the one behind it where nobody else needs that.
  const Tensor reused = call.outputInPlaceOf(0, ending == Ending::kAddRelu ? 3 : 0);
  const Tensor dy = reused.isForwarded() ? reused : call.input(0);
  const Tensor x = call.input(1);
  const Tensor scale = call.input(2);
  const Tensor mean = call.input(3);
  const Tensor inverse = call.input(4);
  const Tensor last = ending == Ending::kNone ? Tensor() : call.input(5);
  const Tensor dx = ending == Ending::kAddRelu ? call.output(0, x) : reused;
  const Tensor dscale = call.output(1, scale);
  const Tensor doffset = call.output(2, scale);
  if (call.failed()) return;
  if (x.elements() == 0) return call.fail("the gradient of batch normalisation of no values");
  const Layout layout(x.elements() / x.lastDimension(), x.lastDimension());
  const GradientInputs<T> in{dy.data<T>(),
                             x.data<T>(),
                             ending == Ending::kAddRelu ? last.data<T>() : nullptr,
                             scale.data<float>(),
                             ending == Ending::kRelu ? last.data<float>() : nullptr,
                             mean.data<float>(),
                             inverse.data<float>()};
  batchNormGradient<ending, T>(layout, in, dx.data<T>(), ending == Ending::kAddRelu ? reused.data<T>() : nullptr,
                               dscale.data<float>(), doffset.data<float>());
}

template <Ending ending>
void registerForms(const std::string& name) {
  std::vector<std::string> inputs{"x: T", "scale: float", "offset: float"};
  std::vector<std::string> gradient_inputs{"dy: T", "x: T", "scale: float", "mean: float", "inverse_deviation: float"};
  std::vector<std::string> gradient_outputs{"dx: T", "dscale: float", "doffset: float"};
  if (ending == Ending::kRelu) gradient_inputs.push_back("offset: float");
  if (ending == Ending::kAddRelu) {
    inputs.push_back("side: T");
    gradient_inputs.push_back("y: T");
    gradient_outputs.push_back("dside: T");
  }
  const std::vector<std::string> outputs{"y: T", "mean: float", "variance: float", "inverse_deviation: float"};
  registerOp(name, inputs, outputs, {"epsilon: float"}, shapesOfInputs<0, 1, 1, 1>);
  registerKernel(name, TF_FLOAT, newEpsilon, computeForward<ending, float>, deleteAttribute<float>);
  registerKernel(name, TF_BFLOAT16, newEpsilon, computeForward<ending, Bfloat16>, deleteAttribute<float>);
  registerOp(name + "Grad", gradient_inputs, gradient_outputs, {},
             ending == Ending::kAddRelu ? shapesOfInputs<1, 2, 2, 1> : shapesOfInputs<1, 2, 2>);
  registerKernel(name + "Grad", TF_FLOAT, nullptr, computeGradient<ending, float>, nullptr);
  registerKernel(name + "Grad", TF_BFLOAT16, nullptr, computeGradient<ending, Bfloat16>, nullptr);
}

}  // namespace

void registerBatchNorm() {
  registerForms<Ending::kNone>("FeaturemineBatchNorm");
  registerForms<Ending::kRelu>("FeaturemineBatchNormRelu");
  registerForms<Ending::kAddRelu>("FeaturemineBatchNormAddRelu");
}

}  // namespace featuremine
