// The transforms of Winograd's convolution F(4x4, 3x3) along one side, for sixteen channels at a time: four places of the
// output from six of the input by six products instead of twelve.
//
// The interpolation points are 0, ±√½, ±√2 and infinity. Products of the points have magnitudes near 1, so that float32
// loses less than with the usual 0, ±1, ±2: twice the rounding of a plain sum, measured.
//
// A tile of three places has no use for the point -√2, one of two for neither ±√2. The filter's points stay the same: what they
// were divided by for the points left out is multiplied back with the input's.
//
// Sources: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016 (the scheme); Toom and Cook's
// interpolation (the matrices for any points).
#ifndef FEATUREMINE_WINOGRAD_TRANSFORMS_H_
#define FEATUREMINE_WINOGRAD_TRANSFORMS_H_

#include "lanes.h"

namespace featuremine {

// Places along a side: of the output, of the input, taps of the filter.
constexpr int kTileOut = 4;
constexpr int kTileIn = 6;
constexpr int kTaps = 3;

// The points a and b, their squares, and what Lagrange's polynomials divide by at them: 2a²(a² − b²) and 2b²(b² − a²).
constexpr float kA = 0.70710678118654752f;
constexpr float kB = 1.41421356237309505f;
constexpr float kA2 = 0.5f;
constexpr float kB2 = 2.0f;
constexpr float kOverA = -1.0f / 1.5f;
constexpr float kOverB = 1.0f / 6.0f;

// kA kB = 1, which the transforms of fewer places make use of.
constexpr float kSum = kB + kA;
constexpr float kDifference = kB - kA;
constexpr float kSquares = kA2 - kB2;

// Whether a tile of so many places of the output (2 to 4) along a side needs a point.
constexpr bool hasPoint(int outs, int point) { return point <= outs || point == kTileIn - 1; }

// In all transforms values lie `step` apart, results `to_step`; those of points that a tile does not need are not touched.

// `outs` + 2 places of the input to the points.
template <int outs>
inline void inputToPoints(const Lanes* x, int step, Lanes* to, int to_step) {
  const Lanes x0 = x[0], x1 = x[step], x2 = x[2 * step], x3 = x[3 * step];
  if constexpr (outs == 4) {
    const Lanes x4 = x[4 * step], x5 = x[5 * step];
    const Lanes even_a = x4 - kB2 * x2, odd_a = x3 - kB2 * x1;
    const Lanes even_b = x4 - kA2 * x2, odd_b = x3 - kA2 * x1;
    to[0] = x0 - (kA2 + kB2) * x2 + x4;
    to[to_step] = even_a + kA * odd_a;
    to[2 * to_step] = even_a - kA * odd_a;
    to[3 * to_step] = even_b + kB * odd_b;
    to[4 * to_step] = even_b - kB * odd_b;
    to[5 * to_step] = x1 - (kA2 + kB2) * x3 + x5;
  } else if constexpr (outs == 3) {
    const Lanes x4 = x[4 * step];
    to[0] = x0 - kA * x1 - kB2 * x2 + kB * x3;
    to[to_step] = kSquares * x2 + kSum * (x3 - x1);
    to[2 * to_step] = kSquares * x2 + kDifference * (x3 + x1);
    to[3 * to_step] = (2 * kB) * x3 - (2 * kA) * x1;
    to[5 * to_step] = kA * x1 - kA2 * x2 - kB * x3 + x4;
  } else {
    to[0] = x0 - kB2 * x2;
    to[to_step] = kSquares * (x2 + kA * x1);
    to[2 * to_step] = kSquares * (x2 - kA * x1);
    to[5 * to_step] = x3 - kA2 * x1;
  }
}

// Three taps of a filter to the points.
inline void filterToPoints(const Lanes* w, int step, Lanes* to, int to_step) {
  const Lanes w0 = w[0], w1 = w[step], w2 = w[2 * step];
  const Lanes even_a = kOverA * w0 + (kOverA * kA2) * w2, odd_a = (kOverA * kA) * w1;
  const Lanes even_b = kOverB * w0 + (kOverB * kB2) * w2, odd_b = (kOverB * kB) * w1;
  to[0] = w0;
  to[to_step] = even_a + odd_a;
  to[2 * to_step] = even_a - odd_a;
  to[3 * to_step] = even_b + odd_b;
  to[4 * to_step] = even_b - odd_b;
  to[5 * to_step] = w2;
}

// Products at the points to places of the output.
template <int outs>
inline void pointsToOutput(const Lanes* m, int step, Lanes* to, int to_step) {
  const Lanes sum_a = m[step] + m[2 * step], difference_a = m[step] - m[2 * step];
  if constexpr (outs == 4) {
    const Lanes sum_b = m[3 * step] + m[4 * step], difference_b = m[3 * step] - m[4 * step];
    to[0] = m[0] + sum_a + sum_b;
    to[to_step] = kA * difference_a + kB * difference_b;
    to[2 * to_step] = kA2 * sum_a + kB2 * sum_b;
    to[3 * to_step] = (kA * kA2) * difference_a + (kB * kB2) * difference_b + m[5 * step];
  } else if constexpr (outs == 3) {
    to[0] = m[0] + sum_a + m[3 * step];
    to[to_step] = kA * difference_a + kB * m[3 * step];
    to[2 * to_step] = kA2 * sum_a + kB2 * m[3 * step] + m[5 * step];
  } else {
    to[0] = m[0] + sum_a;
    to[to_step] = kA * difference_a + m[5 * step];
  }
}

// The gradient of `pointsToOutput`: places of the output's gradient to the points.
template <int outs>
inline void gradientToPoints(const Lanes* dy, int step, Lanes* to, int to_step) {
  const Lanes y0 = dy[0], y1 = dy[step];
  to[0] = y0;
  if constexpr (outs == 4) {
    const Lanes y2 = dy[2 * step], y3 = dy[3 * step];
    const Lanes even_a = y0 + kA2 * y2, odd_a = y1 + kA2 * y3;
    const Lanes even_b = y0 + kB2 * y2, odd_b = y1 + kB2 * y3;
    to[to_step] = even_a + kA * odd_a;
    to[2 * to_step] = even_a - kA * odd_a;
    to[3 * to_step] = even_b + kB * odd_b;
    to[4 * to_step] = even_b - kB * odd_b;
    to[5 * to_step] = y3;
  } else if constexpr (outs == 3) {
    const Lanes y2 = dy[2 * step], even_a = y0 + kA2 * y2;
    to[to_step] = even_a + kA * y1;
    to[2 * to_step] = even_a - kA * y1;
    to[3 * to_step] = y0 + kB * y1 + kB2 * y2;
    to[5 * to_step] = y2;
  } else {
    to[to_step] = y0 + kA * y1;
    to[2 * to_step] = y0 - kA * y1;
    to[5 * to_step] = y1;
  }
}

// The gradient of `filterToPoints`: gradients at the points to those of the three taps.
inline void pointsToFilter(const Lanes* du, int step, Lanes* to, int to_step) {
  const Lanes sum_a = du[step] + du[2 * step], difference_a = du[step] - du[2 * step];
  const Lanes sum_b = du[3 * step] + du[4 * step], difference_b = du[3 * step] - du[4 * step];
  to[0] = du[0] + kOverA * sum_a + kOverB * sum_b;
  to[to_step] = (kOverA * kA) * difference_a + (kOverB * kB) * difference_b;
  to[2 * to_step] = (kOverA * kA2) * sum_a + (kOverB * kB2) * sum_b + du[5 * step];
}

}  // namespace featuremine

#endif  // FEATUREMINE_WINOGRAD_TRANSFORMS_H_
