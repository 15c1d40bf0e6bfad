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

inline Lanes load(const float* from) {
  Lanes value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline Lanes load(const Bfloat16* from) {
  HalfBits half;
  std::memcpy(&half, from, sizeof half);
  return reinterpret_cast<Lanes>(__builtin_convertvector(half, Bits) << 16);
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

inline float loadOne(const float* from) { return *from; }

inline float loadOne(const Bfloat16* from) {
  const uint32_t bits = static_cast<uint32_t>(from->bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline void storeOne(float* to, float value) { *to = value; }

inline void storeOne(Bfloat16* to, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  to->bits = value == value ? static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) : 0x7fc0;
}

// The same formula for sixteen values and for one: `fn` gets an accessor for either.
struct Wide {
  using Value = Lanes;
  template <typename T>
  static Lanes get(const T* from) {
    return load(from);
  }
  template <typename T>
  static void set(T* to, Lanes value) {
    store(to, value);
  }
};

struct Narrow {
  using Value = float;
  template <typename T>
  static float get(const T* from) {
    return loadOne(from);
  }
  template <typename T>
  static void set(T* to, float value) {
    storeOne(to, value);
  }
};

// Calls `fn(accessor, i)` for i = 0, 16, 32, … and then for each that is left below `count`.
template <typename Fn>
inline void forLanes(int64_t count, const Fn& fn) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) fn(Wide(), i);
  for (; i < count; i++) fn(Narrow(), i);
}

}  // namespace featuremine

#endif  // FEATUREMINE_LANES_H_
