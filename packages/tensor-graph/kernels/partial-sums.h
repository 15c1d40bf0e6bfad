// Sums that were made in parts.
#ifndef FEATUREMINE_PARTIAL_SUMS_H_
#define FEATUREMINE_PARTIAL_SUMS_H_

#include <cstdint>

#include "thread-pool.h"

namespace featuremine {

constexpr int64_t kTasksOfSum = 8;

// Adds partial [parts, size] up to `to` [size], in order.
inline void addPartial(const float* partial, int64_t parts, int64_t size, float* to) {
  ThreadPool::instance().run(kTasksOfSum, [&](int64_t task) {
    for (int64_t i = size * task / kTasksOfSum; i < size * (task + 1) / kTasksOfSum; i++) {
      float sum = partial[i];
      for (int64_t part = 1; part < parts; part++) sum += partial[part * size + i];
      to[i] = sum;
    }
  });
}

}  // namespace featuremine

#endif  // FEATUREMINE_PARTIAL_SUMS_H_
