// The op of filter-gradient.h for TensorFlow, on the CPU.
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512BF16__) && \
    !defined(__AMX_BF16__)
#define FEATUREMINE_HAS_FILTER_GRADIENT
#endif

#ifdef FEATUREMINE_HAS_FILTER_GRADIENT
#include "filter-gradient.h"

#include "filter-gradient-call.h"

namespace featuremine {
namespace {

void* newStride(TF_OpKernelConstruction* construction) {
  return newAttribute(construction, "stride", TF_OpKernelConstruction_GetAttrInt64);
}

// FeaturemineConv2DFilterGradient
void compute(void* stride, TF_OpKernelContext* context) {
  Call call(context);
  const FilterGradientInputs inputs(call);
  if (call.failed()) return;
  const auto& [x, dy, in, filter, out] = inputs;
  const Tensor dw = call.output(0, TF_FLOAT, filter);
  if (call.failed()) return;
  const Convolution convolution{in[0],  in[1],     in[2],     in[3], out[1], out[2],
                                out[3], filter[0], filter[1], *static_cast<int64_t*>(stride)};
  filterGradient(convolution, x.data<Bfloat16>(), dy.data<Bfloat16>(), dw.data<float>());
}

}  // namespace

void registerFilterGradient() {
  const std::string name = "FeaturemineConv2DFilterGradient";
  registerFilterGradientOp(name, "stride: int");
  registerKernel(name, TF_BFLOAT16, newStride, compute, deleteAttribute<int64_t>);
}

}  // namespace featuremine
#else
namespace featuremine {
void registerFilterGradient() {}
}  // namespace featuremine
#endif

// Whether this processor has what the op needs. Where it also has tiles of bfloat16 (AMX), TensorFlow's own op uses them.
extern "C" bool featuremine_has_filter_gradient() {
#ifdef FEATUREMINE_HAS_FILTER_GRADIENT
  return true;
#else
  return false;
#endif
}
