// Which of sixteen bytes are one byte, as bits: an instruction of every processor, and none of Swift's. Vectors come by
// value, so nothing here reads or writes memory.
#pragma once
#include <stdint.h>

typedef uint8_t cbytes16 __attribute__((vector_size(16)));

#if defined(__SSE2__)
#include <emmintrin.h>

// A bit for each byte of a vector that has its highest bit, the first byte's lowest.
static inline __attribute__((always_inline)) uint64_t cbytes_high(cbytes16 bytes) {
  return (uint32_t)_mm_movemask_epi8((__m128i)bytes);
}
#else
// Eight highest bits at a time, brought together by a product.
static inline __attribute__((always_inline)) uint64_t cbytes_high(cbytes16 bytes) {
  typedef uint64_t words __attribute__((vector_size(16)));
  words high = (words)bytes & 0x8080808080808080;
  high = (high * 0x0002040810204081) >> 56;
  return high[0] | high[1] << 8;
}
#endif

// A bit for each of 64 bytes that equals the byte repeated in `pattern`, the first byte's lowest.
static inline __attribute__((always_inline)) uint64_t cbytes_equal(
    cbytes16 a, cbytes16 b, cbytes16 c, cbytes16 d, cbytes16 pattern) {
  return cbytes_high((cbytes16)(a == pattern)) | cbytes_high((cbytes16)(b == pattern)) << 16
      | cbytes_high((cbytes16)(c == pattern)) << 32 | cbytes_high((cbytes16)(d == pattern)) << 48;
}

// Says that what lies so many bytes behind a place is looked at soon. Where nothing lies there, nothing happens.
static inline __attribute__((always_inline)) void cbytes_expect(const void *place, long behind) {
  __builtin_prefetch((const void *)((uintptr_t)place + (uintptr_t)behind));
}
