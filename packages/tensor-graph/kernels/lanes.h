// Sixteen floats at a time, and how they are read from and written to float32 and bfloat16 memory.
#ifndef FEATUREMINE_LANES_H_
#define FEATUREMINE_LANES_H_

#include <cstdint>
#include <cstring>

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

namespace featuremine {

constexpr int64_t kLanes = 16;

typedef float Lanes __attribute__((vector_size(64)));
typedef uint32_t Bits __attribute__((vector_size(64)));
typedef uint16_t HalfBits __attribute__((vector_size(32)));

struct Bfloat16 {
  uint16_t bits;
};

inline void load(const float* from, Lanes* value) { std::memcpy(value, from, sizeof *value); }

inline void load(const Bfloat16* from, Lanes* value) {
  HalfBits half;
  std::memcpy(&half, from, sizeof half);
  *value = reinterpret_cast<Lanes>(__builtin_convertvector(half, Bits) << 16);
}

inline void load(const float* from, float* value) { *value = *from; }

inline void load(const Bfloat16* from, float* value) {
  const uint32_t bits = static_cast<uint32_t>(from->bits) << 16;
  std::memcpy(value, &bits, sizeof *value);
}

inline void store(float* to, Lanes value) { std::memcpy(to, &value, sizeof value); }

// Rounded to the nearest, ties to even; what is not a number stays so.
inline void store(Bfloat16* to, Lanes value) {
#if defined(__AVX512BF16__)
  const __m256bh half = _mm512_cvtneps_pbh(reinterpret_cast<__m512>(value));
#else
  const Bits bits = reinterpret_cast<Bits>(value);
  const Bits rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const HalfBits half = __builtin_convertvector(value == value ? rounded : Bits{} + 0x7fc0, HalfBits);
#endif
  std::memcpy(to, &half, sizeof half);
}

inline void store(float* to, float value) { *to = value; }

inline void store(Bfloat16* to, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  to->bits = value == value ? static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) : 0x7fc0;
}

// The same formula for sixteen values and for one: `fn` gets an accessor for either.
template <typename Value>
struct Access {
  template <typename T>
  static Value get(const T* from) {
    Value value;
    load(from, &value);
    return value;
  }
  template <typename T>
  static void set(T* to, Value value) {
    store(to, value);
  }
};

using Wide = Access<Lanes>;
using Narrow = Access<float>;

// Calls `fn(accessor, i)` for i = 0, 16, 32, … and then for each that is left below `count`.
template <typename Fn>
inline void forLanes(int64_t count, const Fn& fn) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) fn(Wide(), i);
  for (; i < count; i++) fn(Narrow(), i);
}

}  // namespace featuremine

#endif  // FEATUREMINE_LANES_H_
