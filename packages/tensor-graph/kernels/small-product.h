// Products of small float32 matrices whose sums stay in registers.
#ifndef FEATUREMINE_SMALL_PRODUCT_H_
#define FEATUREMINE_SMALL_PRODUCT_H_

#include <cstdint>
#include <cstring>

#include "lanes.h"

namespace featuremine {

// A register, and as many rows and columns of a tile that its sums fill most of the 32 or 16 registers.
#ifdef __AVX512F__
typedef float Register __attribute__((vector_size(64)));
constexpr int kProductRows = 12;
constexpr int kProductColumns = 32;
#else
typedef float Register __attribute__((vector_size(32)));
constexpr int kProductRows = 6;
constexpr int kProductColumns = 16;
#endif
constexpr int kRegister = sizeof(Register) / sizeof(float);

// How the left matrix lies in memory: [rows, summed] or [summed, rows].
enum class Left { kByRows, kBySummed };

// A matrix in memory, and how far its lines lie apart.
template <typename V>
struct Matrix {
  V* data;
  int64_t line;
};

// to [rows, columns] becomes the product of `left` and `right` [summed, columns]; or it is added to it.
template <Left layout, bool is_added, int rows, int columns>
void productOf(Matrix<const float> left, Matrix<const float> right, int64_t summed, Matrix<float> to) {
  constexpr int vectors = columns / kRegister;
  Register sum[rows][vectors];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 2
    for (int j = 0; j < vectors; j++) {
      if (is_added) {
        std::memcpy(&sum[i][j], to.data + i * to.line + j * kRegister, sizeof(Register));
      } else {
        sum[i][j] = Register{};
      }
    }
  }
  const float* a = left.data;
  const float* b = right.data;
  for (int64_t s = 0; s < summed; s++) {
    Register column[vectors];
#pragma GCC unroll 2
    for (int j = 0; j < vectors; j++) std::memcpy(&column[j], b + j * kRegister, sizeof(Register));
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
    for (int j = 0; j < vectors; j++) std::memcpy(to.data + i * to.line + j * kRegister, &sum[i][j], sizeof(Register));
  }
}

// The same for up to as many rows as a tile has, and 16 columns or as many as a tile has.
template <Left layout, bool is_added, int rows = kProductRows>
void product(int64_t row_count, int64_t columns, Matrix<const float> left, Matrix<const float> right, int64_t summed,
             Matrix<float> to) {
  if constexpr (rows > 1) {
    if (row_count < rows) return product<layout, is_added, rows - 1>(row_count, columns, left, right, summed, to);
  }
  if (columns == kProductColumns) {
    productOf<layout, is_added, rows, kProductColumns>(left, right, summed, to);
  } else {
    productOf<layout, is_added, rows, kLanes>(left, right, summed, to);
  }
}

}  // namespace featuremine

#endif  // FEATUREMINE_SMALL_PRODUCT_H_
