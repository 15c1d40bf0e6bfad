// The gradient of a convolution in bfloat16 by its filter, summed in float32: products of small matrices whose sums stay in
// registers. For processors with AVX-512 and its bfloat16 product.
//
// Places of the output are taken in blocks of a few rows. Of a block, the input (once for each tap across) and the output's
// gradient are packed so that the innermost loop reads both in order; each pair of tiles of channels then adds its block's
// product to the sums of its part of the filter. Places are cut into chunks whose number depends on the shape alone, and
// sums of chunks are added in order: results are the same to the bit whatever number of threads there is.
#ifndef FEATUREMINE_FILTER_GRADIENT_H_
#define FEATUREMINE_FILTER_GRADIENT_H_

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lanes.h"
#include "partial-sums.h"
#include "scratch.h"
#include "thread-pool.h"

namespace featuremine {

// Padding is what the windows lack, the larger half at the end.
struct Convolution {
  int64_t images, height, width, channels;
  int64_t out_height, out_width, outputs;
  int64_t taps_down, taps_across, stride;

  int64_t paddingAbove() const { return std::max<int64_t>(0, (out_height - 1) * stride + taps_down - height) / 2; }
  int64_t paddingLeft() const { return std::max<int64_t>(0, (out_width - 1) * stride + taps_across - width) / 2; }
  int64_t taps() const { return taps_down * taps_across; }
  int64_t rows() const { return images * out_height; }
  int64_t filterSize() const { return taps() * channels * outputs; }
};

// A tile: input channels, output channels. Its sums are 16 registers.
constexpr int64_t kTileChannels = 8;
constexpr int64_t kTileOutputs = 2 * kLanes;
constexpr int64_t kTileSize = kTileChannels * kTileOutputs;

// Measured on an EPYC with 1 MB of second-level cache: places of a block; sums of a task, in values; tasks at least.
constexpr int64_t kPlacesOfBlock = 256;
constexpr int64_t kSumsOfTask = 230400;
constexpr int64_t kTasks = 8;

// Two places: what one step of the innermost loop takes of a channel, 32 bits.
constexpr int64_t kPlaces = 2;

inline __m512i interleaved(__m256i first, __m256i second) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(first), _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
}

// Sixteen channels from the `i`-th of two places on.
inline __m512i pack(const Bfloat16* const* at, int64_t i) {
  return interleaved(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at[0] + i)),
                     _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at[1] + i)));
}

// Those of them that the mask has.
inline __m512i pack(const Bfloat16* const* at, int64_t i, __mmask16 mask) {
  return interleaved(_mm256_maskz_loadu_epi16(mask, at[0] + i), _mm256_maskz_loadu_epi16(mask, at[1] + i));
}

inline __m512 multiplyAdd(__m512 sum, __m512i a, __m512i b) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}

// Rows of the output, one under the other in one image: the first of them, their number, and their place in the packed
// input.
struct Strip {
  int64_t image, row, count, packed;
};

// Units that follow each other in both packed tensors.
struct Segment {
  int64_t input, gradient, count;
};

// Adds the product of a tile's panels to its sums.
inline void addProduct(const int32_t* input, const int32_t* gradient, const std::vector<Segment>& segments, float* sums) {
  __m512 sum[kTileChannels][2];
  for (auto& pair : sum) pair[0] = pair[1] = _mm512_setzero_ps();
  for (const Segment& segment : segments) {
    const int32_t* a = input + segment.input * kTileChannels;
    const int32_t* b = gradient + segment.gradient * kTileOutputs;
    for (int64_t unit = 0; unit < segment.count; unit++, a += kTileChannels, b += kTileOutputs) {
      const __m512i low = _mm512_load_si512(b);
      const __m512i high = _mm512_load_si512(b + kLanes);
#pragma GCC unroll 8
      for (int i = 0; i < kTileChannels; i++) {
        const __m512i value = _mm512_set1_epi32(a[i]);
        sum[i][0] = multiplyAdd(sum[i][0], value, low);
        sum[i][1] = multiplyAdd(sum[i][1], value, high);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kTileChannels; i++) {
#pragma GCC unroll 2
    for (int j = 0; j < 2; j++) {
      float* const to = sums + i * kTileOutputs + j * kLanes;
      _mm512_store_ps(to, _mm512_add_ps(_mm512_load_ps(to), sum[i][j]));
    }
  }
}

// A part of the channels and of the rows of the output.
class FilterGradientTask {
 public:
  FilterGradientTask(const Convolution& convolution, const Bfloat16* x, const Bfloat16* dy, int64_t channel, int64_t channels,
                     int64_t output, int64_t outputs)
      : conv_(convolution),
        x_(x + channel),
        dy_(dy + output),
        channel_(channel),
        channels_(channels),
        output_(output),
        outputs_(outputs),
        channel_tiles_((channels + kTileChannels - 1) / kTileChannels),
        output_tiles_((outputs + kTileOutputs - 1) / kTileOutputs),
        units_((convolution.out_width + kPlaces - 1) / kPlaces),
        zeros_(std::max(channels, outputs)) {}

  // Sums over the rows from `begin` to `end` into the task's part of dw [taps down, taps across, channels, outputs].
  void run(int64_t begin, int64_t end, float* dw) {
    const int64_t count = conv_.taps() * channel_tiles_ * output_tiles_ * kTileSize;
    float* const sums = scratch(Memory::kThird).of<float>(count);
    std::fill_n(sums, count, 0.0f);
    const int64_t block = std::max<int64_t>(1, kPlacesOfBlock / conv_.out_width);
    for (int64_t row = begin; row < end; row += block) {
      const int64_t row_count = std::min(block, end - row);
      const int64_t packed_rows = cut(row, row_count);
      const int64_t input_panel = packed_rows * units_ * kTileChannels;
      const int64_t gradient_panel = row_count * units_ * kTileOutputs;
      int32_t* const input = scratch(Memory::kFirst).of<int32_t>(conv_.taps_across * channel_tiles_ * input_panel);
      int32_t* const gradient = scratch(Memory::kSecond).of<int32_t>(output_tiles_ * gradient_panel);
      for (const Strip& strip : strips_) packInput(strip, input, input_panel);
      packGradient(row, row_count, gradient, gradient_panel);
      float* to = sums;
      for (int64_t down = 0; down < conv_.taps_down; down++) {
        for (int64_t across = 0; across < conv_.taps_across; across++) {
          const int32_t* const seen = input + across * channel_tiles_ * input_panel + down * units_ * kTileChannels;
          for (int64_t o = 0; o < output_tiles_; o++) {
            for (int64_t c = 0; c < channel_tiles_; c++, to += kTileSize) {
              addProduct(seen + c * input_panel, gradient + o * gradient_panel, segments_, to);
            }
          }
        }
      }
    }
    write(sums, dw);
  }

 private:
  // The strips and segments of rows of the output. Returns the number of rows of the packed input.
  int64_t cut(int64_t row, int64_t count) {
    strips_.clear();
    segments_.clear();
    int64_t packed = 0;
    for (int64_t done = 0; done < count;) {
      const int64_t first = (row + done) % conv_.out_height;
      const int64_t length = std::min(count - done, conv_.out_height - first);
      strips_.push_back({(row + done) / conv_.out_height, first, length, packed});
      // With a stride of 1 the rows of a strip follow each other in the packed input too.
      const int64_t together = conv_.stride == 1 ? length : 1;
      for (int64_t i = 0; i < length; i += together) {
        segments_.push_back({(packed + i * conv_.stride) * units_, (done + i) * units_, together * units_});
      }
      packed += packedRows(length);
      done += length;
    }
    return packed;
  }

  int64_t packedRows(int64_t rows) const { return (rows - 1) * conv_.stride + conv_.taps_down; }

  // To [taps across, tiles of channels, rows, units, channels of a tile].
  void packInput(const Strip& strip, int32_t* packed, int64_t panel) const {
    const int64_t above = strip.row * conv_.stride - conv_.paddingAbove();
    const int64_t left = conv_.paddingLeft();
    for (int64_t i = 0; i < packedRows(strip.count); i++) {
      const int64_t row = above + i;
      const bool is_inside = row >= 0 && row < conv_.height;
      const Bfloat16* const from = x_ + (strip.image * conv_.height + (is_inside ? row : 0)) * conv_.width * conv_.channels;
      for (int64_t across = 0; across < conv_.taps_across; across++) {
        int32_t* const to = packed + across * channel_tiles_ * panel + (strip.packed + i) * units_ * kTileChannels;
        for (int64_t unit = 0; unit < units_; unit++) {
          const Bfloat16* at[kPlaces];
          for (int64_t p = 0; p < kPlaces; p++) {
            const int64_t place = unit * kPlaces + p;
            const int64_t column = place * conv_.stride + across - left;
            const bool is_seen = is_inside && place < conv_.out_width && column >= 0 && column < conv_.width;
            at[p] = is_seen ? from + column * conv_.channels : zeros_.data();
          }
          packChannels(at, to + unit * kTileChannels, panel);
        }
      }
    }
  }

  void packChannels(const Bfloat16* const* at, int32_t* to, int64_t panel) const {
    int64_t i = 0;
    for (; i + kLanes <= channels_; i += kLanes, to += 2 * panel) {
      const __m512i values = pack(at, i);
      storeTile(to, _mm512_castsi512_si256(values));
      storeTile(to + panel, _mm512_extracti64x4_epi64(values, 1));
    }
    if (i == channels_) return;
    const __m512i values = pack(at, i, (1u << (channels_ - i)) - 1);
    storeTile(to, _mm512_castsi512_si256(values));
    if (channels_ - i > kTileChannels) storeTile(to + panel, _mm512_extracti64x4_epi64(values, 1));
  }

  static void storeTile(int32_t* to, __m256i values) { _mm256_store_si256(reinterpret_cast<__m256i*>(to), values); }

  // To [tiles of outputs, rows, units, outputs of a tile].
  void packGradient(int64_t row, int64_t count, int32_t* packed, int64_t panel) const {
    for (int64_t i = 0; i < count; i++) {
      const Bfloat16* const from = dy_ + (row + i) * conv_.out_width * conv_.outputs;
      for (int64_t unit = 0; unit < units_; unit++) {
        const Bfloat16* at[kPlaces];
        for (int64_t p = 0; p < kPlaces; p++) {
          const int64_t place = unit * kPlaces + p;
          at[p] = place < conv_.out_width ? from + place * conv_.outputs : zeros_.data();
        }
        packOutputs(at, packed + (i * units_ + unit) * kTileOutputs, panel);
      }
    }
  }

  void packOutputs(const Bfloat16* const* at, int32_t* to, int64_t panel) const {
    int64_t i = 0;
    for (; i + kTileOutputs <= outputs_; i += kTileOutputs, to += panel) {
      _mm512_store_si512(to, pack(at, i));
      _mm512_store_si512(to + kLanes, pack(at, i + kLanes));
    }
    if (i == outputs_) return;
    const uint32_t mask = (1u << (outputs_ - i)) - 1;
    _mm512_store_si512(to, pack(at, i, mask & 0xffff));
    _mm512_store_si512(to + kLanes, pack(at, i + kLanes, mask >> kLanes));
  }

  void write(const float* sums, float* dw) const {
    for (int64_t tap = 0; tap < conv_.taps(); tap++) {
      for (int64_t o = 0; o < output_tiles_; o++) {
        const int64_t output = o * kTileOutputs;
        const int64_t count = std::min(kTileOutputs, outputs_ - output);
        for (int64_t c = 0; c < channel_tiles_; c++, sums += kTileSize) {
          const int64_t channel = c * kTileChannels;
          for (int64_t i = 0; i < std::min(kTileChannels, channels_ - channel); i++) {
            float* const to = dw + (tap * conv_.channels + channel_ + channel + i) * conv_.outputs + output_ + output;
            std::copy_n(sums + i * kTileOutputs, count, to);
          }
        }
      }
    }
  }

  const Convolution& conv_;
  const Bfloat16* const x_;
  const Bfloat16* const dy_;
  const int64_t channel_, channels_, output_, outputs_;
  const int64_t channel_tiles_, output_tiles_, units_;
  const std::vector<Bfloat16> zeros_;
  std::vector<Strip> strips_;
  std::vector<Segment> segments_;
};

// Parts of `all`, each of a whole number of steps, but for the last.
struct Parts {
  Parts(int64_t all, int64_t most, int64_t step) {
    const int64_t wanted = (all + most - 1) / most;
    size = ((all + wanted - 1) / wanted + step - 1) / step * step;
    count = (all + size - 1) / size;
  }
  int64_t size, count;
};

// From x [images, height, width, channels] and dy [images, out_height, out_width, outputs] to dw [taps_down, taps_across,
// channels, outputs].
inline void filterGradient(const Convolution& conv, const Bfloat16* x, const Bfloat16* dy, float* dw) {
  const int64_t side = std::max<int64_t>(kTileOutputs, std::sqrt(static_cast<double>(kSumsOfTask) / conv.taps()));
  const Parts channels(conv.channels, side, kLanes);
  const Parts outputs(conv.outputs, side, kTileOutputs);
  const int64_t parts = channels.count * outputs.count;
  // An even number of tasks, where one thread takes as many as the other.
  const int64_t wanted = (kTasks + parts - 1) / parts;
  const int64_t chunks = std::min(parts % 2 == 0 ? wanted : (wanted + 1) / 2 * 2, conv.rows());
  const int64_t size = conv.filterSize();
  float* const partial = chunks > 1 ? scratch(Memory::kShared).of<float>(chunks * size) : nullptr;
  ThreadPool::instance().run(parts * chunks, [&](int64_t index) {
    const int64_t chunk = index / parts;
    const int64_t channel = index % channels.count * channels.size;
    const int64_t output = index % parts / channels.count * outputs.size;
    FilterGradientTask task(conv, x, dy, channel, std::min(channels.size, conv.channels - channel), output,
                            std::min(outputs.size, conv.outputs - output));
    task.run(conv.rows() * chunk / chunks, conv.rows() * (chunk + 1) / chunks,
             chunks > 1 ? partial + chunk * size : dw);
  });
  if (chunks > 1) addPartial(partial, chunks, size, dw);
}

}  // namespace featuremine

#endif  // FEATUREMINE_FILTER_GRADIENT_H_
