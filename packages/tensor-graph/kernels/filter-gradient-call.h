// What the ops for gradients of filters have in common: x, the filter's shape, dy to dw in float32.
#ifndef FEATUREMINE_FILTER_GRADIENT_CALL_H_
#define FEATUREMINE_FILTER_GRADIENT_CALL_H_

#include <string>
#include <vector>

#include "registration.h"

namespace featuremine {

// The inputs of a call. Where they have no values, or do not fit each other, the call has failed.
struct FilterGradientInputs {
  explicit FilterGradientInputs(Call& call) : x(call.input(0)) {
    const Tensor filter_shape = call.input(1);
    dy = call.input(2);
    if (call.failed()) return;
    in = x.shape();
    out = dy.shape();
    const int32_t* const sizes = filter_shape.data<int32_t>();
    filter.assign(sizes, sizes + filter_shape.elements());
    const bool is_fitting = in.size() == 4 && out.size() == 4 && filter.size() == 4 && in[0] == out[0] &&
                            in[3] == filter[2] && out[3] == filter[3];
    if (!is_fitting) {
      call.fail("the gradient of a filter: shapes that do not fit each other");
    } else if (x.elements() == 0 || dy.elements() == 0) {
      call.fail("the gradient of a filter from no values");
    }
  }

  Tensor x, dy;
  // The shapes of x, the filter and dy.
  std::vector<int64_t> in, filter, out;
};

// Such an op, with an attribute of its own.
inline void registerFilterGradientOp(const std::string& name, const std::string& attribute) {
  registerOp(name, {"x: T", "filter_shape: int32", "dy: T"}, {"dw: float"}, {attribute}, unknownShape);
}

}  // namespace featuremine

#endif  // FEATUREMINE_FILTER_GRADIENT_CALL_H_
