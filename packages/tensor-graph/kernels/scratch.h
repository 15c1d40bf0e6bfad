// Memory for the time of a kernel's call.
#ifndef FEATUREMINE_SCRATCH_H_
#define FEATUREMINE_SCRATCH_H_

#include <cstdint>
#include <vector>

namespace featuremine {

// Memory that begins at a cache line and is used again in the next call of a thread.
class Scratch {
 public:
  template <typename V>
  V* of(int64_t count) {
    const size_t bytes = count * sizeof(V) + 63;
    if (memory_.size() < bytes) memory_ = std::vector<char>(bytes);
    return reinterpret_cast<V*>((reinterpret_cast<uintptr_t>(memory_.data()) + 63) / 64 * 64);
  }

 private:
  std::vector<char> memory_;
};

// What a thread's memory is for: one piece for what a kernel shares out to threads, three for a task's own values.
enum class Memory { kShared, kFirst, kSecond, kThird };

// The calling thread's memory for that purpose. All kernels use the same: it is as large as the largest of them needs.
inline Scratch& scratch(Memory memory) {
  thread_local Scratch all[4];
  return all[static_cast<int>(memory)];
}

}  // namespace featuremine

#endif  // FEATUREMINE_SCRATCH_H_
