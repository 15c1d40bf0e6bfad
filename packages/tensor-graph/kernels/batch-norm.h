// Batch normalisation over rows [rows, channels], with what stands behind it in networks (a residual sum, a ReLU) in the
// same pass, and its gradient.
//
// Rows are cut into chunks whose number depends on the size alone, and sums of chunks are added in order: results are the
// same to the bit whatever number of threads there is.
#ifndef FEATUREMINE_BATCH_NORM_H_
#define FEATUREMINE_BATCH_NORM_H_

#include <algorithm>
#include <cmath>
#include <vector>

#include "lanes.h"
#include "thread-pool.h"

namespace featuremine {

// What follows the normalisation.
enum class Ending { kNone, kRelu, kAddRelu };

// Rows of few channels are taken several at once, so that the inner loops are long: `fold` rows of `channels` are one row
// of `width` values.
struct Layout {
  Layout(int64_t all_rows, int64_t channel_count) : channels(channel_count), count(all_rows) {
    while (channels * fold < 64 && all_rows % (fold * 2) == 0) fold *= 2;
    rows = all_rows / fold;
    width = channels * fold;
    chunks = std::max<int64_t>(1, std::min<int64_t>({64, rows, all_rows * channels / 131072}));
  }

  int64_t start(int64_t chunk) const { return rows * chunk / chunks; }

  int64_t channels;
  int64_t count;  // of values of one channel
  int64_t fold = 1;
  int64_t rows;
  int64_t width;
  int64_t chunks;
};

// A value for each channel, repeated to the width of a folded row.
inline std::vector<float> repeated(const Layout& layout, const float* values) {
  std::vector<float> wide(layout.width);
  for (int64_t i = 0; i < layout.width; i++) wide[i] = values[i % layout.channels];
  return wide;
}

// Two sums for each channel.
struct TwoSums {
  explicit TwoSums(const Layout& layout) : first(layout.channels), second(layout.channels) {}
  std::vector<double> first;
  std::vector<double> second;
};

constexpr int64_t kRowsAtOnce = 8;
constexpr int64_t kRowsOfFloatSums = 256;

// Sums of two values of each element over all rows. `add(accessor, offset, i, &first, &second)` adds those of the elements
// at `offset` from the start of the tensor, and at `i` in the folded row.
template <typename Add>
TwoSums sumOverRows(const Layout& layout, const Add& add) {
  const int64_t width = layout.width;
  std::vector<double> partial(2 * width * layout.chunks);
  ThreadPool::instance().run(layout.chunks, [&](int64_t chunk) {
    double* const sums = partial.data() + 2 * width * chunk;
    std::vector<float> near(2 * width);
    float* const first = near.data();
    float* const second = first + width;
    const int64_t end = layout.start(chunk + 1);
    for (int64_t block = layout.start(chunk); block < end; block += kRowsOfFloatSums) {
      const int64_t block_end = std::min(end, block + kRowsOfFloatSums);
      std::fill(near.begin(), near.end(), 0.0f);
      for (int64_t row = block; row < block_end; row += kRowsAtOnce) {
        const int64_t row_count = std::min(kRowsAtOnce, block_end - row);
        forLanes(width, [&](auto lanes, int64_t i) {
          using At = decltype(lanes);
          auto sum = At::get(first + i);
          auto other = At::get(second + i);
          const int64_t offset = row * width + i;
          if (row_count == kRowsAtOnce) {
#pragma GCC unroll 8
            for (int64_t k = 0; k < kRowsAtOnce; k++) add(lanes, offset + k * width, i, &sum, &other);
          } else {
            for (int64_t k = 0; k < row_count; k++) add(lanes, offset + k * width, i, &sum, &other);
          }
          At::set(first + i, sum);
          At::set(second + i, other);
        });
      }
      for (int64_t i = 0; i < 2 * width; i++) sums[i] += near[i];
    }
  });
  TwoSums sums(layout);
  for (int64_t chunk = 0; chunk < layout.chunks; chunk++) {
    const double* const part = partial.data() + 2 * width * chunk;
    for (int64_t i = 0; i < width; i++) {
      sums.first[i % layout.channels] += part[i];
      sums.second[i % layout.channels] += part[width + i];
    }
  }
  return sums;
}

// Calls `fn(accessor, offset, i)` for all elements: `offset` from the start of the tensor, `i` in the folded row.
template <typename Fn>
void forElements(const Layout& layout, const Fn& fn) {
  ThreadPool::instance().run(layout.chunks, [&](int64_t chunk) {
    for (int64_t row = layout.start(chunk); row < layout.start(chunk + 1); row++) {
      forLanes(layout.width, [&](auto lanes, int64_t i) { fn(lanes, row * layout.width + i, i); });
    }
  });
}

// Negative values become 0; what is not a number stays.
template <typename Value>
inline Value positivePart(Value value) {
  return value < 0 ? Value{} : value;
}

// Statistics of the batch: [channels] each.
struct Statistics {
  float* mean;
  float* unbiased_variance;
  float* inverse_deviation;
};

// x, side and y: [rows, channels]; scale and offset: [channels]. `side` is read for Ending::kAddRelu only.
template <Ending ending, typename T>
void batchNorm(const Layout& layout, const T* x, const T* side, const float* scale, const float* offset, double epsilon,
               const Statistics& statistics, T* y) {
  // Squares of the distance from a value of the channel: those from 0 would cancel where the mean is far from it.
  std::vector<float> first_row(layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) first_row[c] = Narrow::get(x + c);
  const std::vector<float> shift = repeated(layout, first_row.data());
  const TwoSums sums = sumOverRows(layout, [&](auto lanes, int64_t at, int64_t i, auto* sum, auto* squares) {
    using At = decltype(lanes);
    const auto distance = At::get(x + at) - At::get(shift.data() + i);
    *sum += distance;
    *squares += distance * distance;
  });
  const double count = static_cast<double>(layout.count);
  std::vector<float> factor(layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) {
    const double distance = sums.first[c] / count;
    const double variance = std::max(0.0, sums.second[c] / count - distance * distance);
    const double inverse = 1 / std::sqrt(variance + epsilon);
    const bool is_finite = std::isfinite(sums.second[c]);
    statistics.mean[c] = static_cast<float>(first_row[c] + distance);
    statistics.unbiased_variance[c] =
        static_cast<float>(is_finite ? variance * count / std::max(1.0, count - 1) : sums.second[c]);
    statistics.inverse_deviation[c] = static_cast<float>(is_finite ? inverse : sums.second[c] - sums.second[c]);
    factor[c] = scale[c] * statistics.inverse_deviation[c];
  }
  const std::vector<float> means = repeated(layout, statistics.mean);
  const std::vector<float> factors = repeated(layout, factor.data());
  const std::vector<float> offsets = repeated(layout, offset);
  forElements(layout, [&](auto lanes, int64_t at, int64_t i) {
    using At = decltype(lanes);
    auto value = (At::get(x + at) - At::get(means.data() + i)) * At::get(factors.data() + i) +
                 At::get(offsets.data() + i);
    if (ending == Ending::kAddRelu) value += At::get(side + at);
    if (ending != Ending::kNone) value = positivePart(value);
    At::set(y + at, value);
  });
}

// What the gradient reads: all [rows, channels] or [channels]. `y` is read for Ending::kAddRelu only, `offset` for
// Ending::kRelu only. `dy` may be the memory of `dx`, or with kAddRelu that of `dside`.
template <typename T>
struct GradientInputs {
  const T* dy;
  const T* x;
  const T* y;
  const float* scale;
  const float* offset;
  const float* mean;
  const float* inverse_deviation;
};

// dx and, with Ending::kAddRelu, dside: [rows, channels]; dscale and doffset: [channels].
template <Ending ending, typename T>
void batchNormGradient(const Layout& layout, const GradientInputs<T>& in, T* dx, T* dside, float* dscale,
                       float* doffset) {
  std::vector<float> factor(layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) factor[c] = in.scale[c] * in.inverse_deviation[c];
  const std::vector<float> means = repeated(layout, in.mean);
  const std::vector<float> factors = repeated(layout, factor.data());
  const std::vector<float> offsets = ending == Ending::kRelu ? repeated(layout, in.offset) : std::vector<float>();
  // The gradient before the ReLU. Where nothing was added, the ReLU's output is computed again instead of read.
  const auto through = [&](auto lanes, int64_t at, int64_t i, auto distance) {
    using At = decltype(lanes);
    const auto dy = At::get(in.dy + at);
    using Value = std::remove_cv_t<decltype(dy)>;
    if constexpr (ending == Ending::kRelu) {
      const auto output = distance * At::get(factors.data() + i) + At::get(offsets.data() + i);
      return output > 0 ? dy : Value{};
    } else if constexpr (ending == Ending::kAddRelu) {
      return At::get(in.y + at) > 0 ? dy : Value{};
    } else {
      return Value(dy);
    }
  };
  const TwoSums sums = sumOverRows(layout, [&](auto lanes, int64_t at, int64_t i, auto* sum, auto* products) {
    using At = decltype(lanes);
    const auto distance = At::get(in.x + at) - At::get(means.data() + i);
    const auto gradient = through(lanes, at, i, distance);
    if (ending == Ending::kAddRelu) At::set(dside + at, gradient);
    *sum += gradient;
    *products += gradient * distance;
  });
  const double count = static_cast<double>(layout.count);
  std::vector<float> slope(layout.channels);
  std::vector<float> constant(layout.channels);
  for (int64_t c = 0; c < layout.channels; c++) {
    const double inverse = in.inverse_deviation[c];
    doffset[c] = static_cast<float>(sums.first[c]);
    dscale[c] = static_cast<float>(sums.second[c] * inverse);
    slope[c] = static_cast<float>(-factor[c] * inverse * inverse * sums.second[c] / count);
    constant[c] = static_cast<float>(-factor[c] * sums.first[c] / count);
  }
  const std::vector<float> slopes = repeated(layout, slope.data());
  const std::vector<float> constants = repeated(layout, constant.data());
  forElements(layout, [&](auto lanes, int64_t at, int64_t i) {
    using At = decltype(lanes);
    const auto distance = At::get(in.x + at) - At::get(means.data() + i);
    auto gradient = distance;
    if constexpr (ending == Ending::kAddRelu) {
      gradient = At::get(dside + at);
    } else {
      gradient = through(lanes, at, i, distance);
    }
    At::set(dx + at, gradient * At::get(factors.data() + i) + distance * At::get(slopes.data() + i) +
                             At::get(constants.data() + i));
  });
}

}  // namespace featuremine

#endif  // FEATUREMINE_BATCH_NORM_H_
