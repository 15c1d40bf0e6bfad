// The ops of winograd.h for TensorFlow, on the CPU.
#if defined(__AVX2__) && defined(__FMA__)
#define FEATUREMINE_HAS_WINOGRAD
#endif

#ifdef FEATUREMINE_HAS_WINOGRAD
#include "winograd.h"

#include "filter-gradient-call.h"

namespace featuremine {
namespace {

void* newPadding(TF_OpKernelConstruction* construction) {
  return newAttribute(construction, "padding", TF_OpKernelConstruction_GetAttrInt64);
}

bool isFilter(const std::vector<int64_t>& shape) { return shape.size() == 4 && shape[0] == kTaps && shape[1] == kTaps; }

// Whether the output has places, and the input values.
bool hasPlaces(const WinogradForm& form) {
  return form.images > 0 && form.channels > 0 && form.outputs > 0 && form.outHeight() > 0 && form.outWidth() > 0;
}

// What a convolution is of and what is done with it.
enum class Convolved { kInput, kInputWithBias, kInputWithBiasAndRelu, kGradient };

// FeaturemineWinograd: x, filter to y; also FeaturemineWinogradBias and FeaturemineWinogradBiasRelu: x, filter, bias to y.
// FeaturemineWinogradInputGradient: dy, filter to dx.
template <typename T, Convolved convolved>
void convolve(void* padding, TF_OpKernelContext* context) {
  constexpr bool is_transposed = convolved == Convolved::kGradient;
  constexpr bool has_relu = convolved == Convolved::kInputWithBiasAndRelu;
  constexpr bool has_bias = convolved == Convolved::kInputWithBias || has_relu;
  Call call(context);
  const Tensor x = call.input(0);
  const Tensor filter = call.input(1);
  const Tensor bias = has_bias ? call.input(2) : Tensor();
  if (call.failed()) return;
  const std::vector<int64_t> in = x.shape();
  const std::vector<int64_t> taps = filter.shape();
  if (in.size() != 4 || !isFilter(taps) || in[3] != taps[is_transposed ? 3 : 2]) {
    return call.fail("a convolution with 3x3 filters: shapes that do not fit each other");
  }
  const int64_t given = *static_cast<int64_t*>(padding);
  const WinogradForm form{in[0], in[1], in[2], in[3], taps[is_transposed ? 2 : 3], is_transposed ? kTaps - 1 - given : given};
  if (!hasPlaces(form)) return call.fail("a convolution with 3x3 filters of no values");
  if (has_bias && bias.shape() != std::vector<int64_t>{form.outputs}) {
    return call.fail("a convolution with 3x3 filters: a bias that is not one value an output");
  }
  const Tensor y = call.output(0, x.type(), {form.images, form.outHeight(), form.outWidth(), form.outputs});
  if (call.failed()) return;
  const Filters<T> filters{filter.data<T>(), form.channels, form.outputs, is_transposed};
  winograd(form, x.data<T>(), filters, {bias.data<T>(), has_relu}, y.data<T>());
}

// FeaturemineWinogradFilterGradient
template <typename T>
void filterGradient(void* padding, TF_OpKernelContext* context) {
  Call call(context);
  const FilterGradientInputs inputs(call);
  if (call.failed()) return;
  const auto& [x, dy, in, filter, out] = inputs;
  const WinogradForm form{in[0], in[1], in[2], in[3], out[3], *static_cast<int64_t*>(padding)};
  if (!isFilter(filter) || !hasPlaces(form) || form.outHeight() != out[1] || form.outWidth() != out[2]) {
    return call.fail("the gradient of 3x3 filters: shapes and padding that do not fit each other");
  }
  const Tensor dw = call.output(0, TF_FLOAT, filter);
  if (call.failed()) return;
  winogradFilterGradient(form, x.data<T>(), dy.data<T>(), dw.data<float>());
}

void registerKernels(const std::string& op, void (*of_float)(void*, TF_OpKernelContext*),
                     void (*of_bfloat16)(void*, TF_OpKernelContext*)) {
  registerKernel(op, TF_FLOAT, newPadding, of_float, deleteAttribute<int64_t>);
  registerKernel(op, TF_BFLOAT16, newPadding, of_bfloat16, deleteAttribute<int64_t>);
}

template <Convolved convolved>
void registerConvolution(const std::string& op, const std::vector<std::string>& inputs, const std::string& output) {
  registerOp(op, inputs, {output}, {"padding: int"}, unknownShape);
  registerKernels(op, convolve<float, convolved>, convolve<Bfloat16, convolved>);
}

}  // namespace

void registerWinograd() {
  const std::vector<std::string> plain{"x: T", "filter: T"}, with_bias{"x: T", "filter: T", "bias: T"};
  registerConvolution<Convolved::kInput>("FeaturemineWinograd", plain, "y: T");
  registerConvolution<Convolved::kInputWithBias>("FeaturemineWinogradBias", with_bias, "y: T");
  registerConvolution<Convolved::kInputWithBiasAndRelu>("FeaturemineWinogradBiasRelu", with_bias, "y: T");
  registerConvolution<Convolved::kGradient>("FeaturemineWinogradInputGradient", {"dy: T", "filter: T"}, "dx: T");
  registerFilterGradientOp("FeaturemineWinogradFilterGradient", "padding: int");
  registerKernels("FeaturemineWinogradFilterGradient", filterGradient<float>, filterGradient<Bfloat16>);
}

}  // namespace featuremine
#else
namespace featuremine {
void registerWinograd() {}
}  // namespace featuremine
#endif

// Whether this processor has what the ops need.
extern "C" bool featuremine_has_winograd() {
#ifdef FEATUREMINE_HAS_WINOGRAD
  return true;
#else
  return false;
#endif
}
