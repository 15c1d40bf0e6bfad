// Products of small float32 matrices whose sums stay in registers.
#ifndef FEATUREMINE_SMALL_PRODUCT_H_
#define FEATUREMINE_SMALL_PRODUCT_H_

#include <cstdint>

#include "lanes.h"

namespace featuremine {

// Rows of a tile, and vectors of its columns: with one more of each, its sums would not fit into 32 registers.
constexpr int kProductRows = 12;
constexpr int kProductColumns = 2 * kLanes;

// How the left matrix lies in memory: [rows, summed] or [summed, rows].
enum class Left { kByRows, kBySummed };

// A matrix in memory, and how far its lines lie apart.
template <typename V>
struct Matrix {
  V* data;
  int64_t line;
};

// to [rows, vectors · 16] becomes the product of `left` and `right` [summed, vectors · 16]; or it is added to it.
template <Left layout, bool is_added, int rows, int vectors>
void productOf(Matrix<const float> left, Matrix<const float> right, int64_t summed, Matrix<float> to) {
  Lanes sum[rows][vectors];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 2
    for (int j = 0; j < vectors; j++) {
      if (is_added) {
        load(to.data + i * to.line + j * kLanes, &sum[i][j]);
      } else {
        sum[i][j] = Lanes{};
      }
    }
  }
  const float* a = left.data;
  const float* b = right.data;
  for (int64_t s = 0; s < summed; s++) {
    Lanes column[vectors];
#pragma GCC unroll 2
    for (int j = 0; j < vectors; j++) load(b + j * kLanes, &column[j]);
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
      const float value = layout == Left::kByRows ? a[i * left.line] : a[i];
#pragma GCC unroll 2
      for (int j = 0; j < vectors; j++) sum[i][j] += value * column[j];
    }
    a += layout == Left::kByRows ? 1 : left.line;
    b += right.line;
  }
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 2
    for (int j = 0; j < vectors; j++) store(to.data + i * to.line + j * kLanes, sum[i][j]);
  }
}

// The same for 1 to 12 rows, and 16 or 32 columns.
template <Left layout, bool is_added>
void product(int64_t rows, int64_t columns, Matrix<const float> left, Matrix<const float> right, int64_t summed,
             Matrix<float> to) {
  using Product = void (*)(Matrix<const float>, Matrix<const float>, int64_t, Matrix<float>);
  static constexpr Product all[kProductRows][2] = {
      {productOf<layout, is_added, 1, 1>, productOf<layout, is_added, 1, 2>},
      {productOf<layout, is_added, 2, 1>, productOf<layout, is_added, 2, 2>},
      {productOf<layout, is_added, 3, 1>, productOf<layout, is_added, 3, 2>},
      {productOf<layout, is_added, 4, 1>, productOf<layout, is_added, 4, 2>},
      {productOf<layout, is_added, 5, 1>, productOf<layout, is_added, 5, 2>},
      {productOf<layout, is_added, 6, 1>, productOf<layout, is_added, 6, 2>},
      {productOf<layout, is_added, 7, 1>, productOf<layout, is_added, 7, 2>},
      {productOf<layout, is_added, 8, 1>, productOf<layout, is_added, 8, 2>},
      {productOf<layout, is_added, 9, 1>, productOf<layout, is_added, 9, 2>},
      {productOf<layout, is_added, 10, 1>, productOf<layout, is_added, 10, 2>},
      {productOf<layout, is_added, 11, 1>, productOf<layout, is_added, 11, 2>},
      {productOf<layout, is_added, 12, 1>, productOf<layout, is_added, 12, 2>},
  };
  all[rows - 1][columns / kLanes - 1](left, right, summed, to);
}

}  // namespace featuremine

#endif  // FEATUREMINE_SMALL_PRODUCT_H_
