// Operations that Swift's vectors do in loops over their lanes, or lack, where nothing is optimized for speed.
#ifndef CSIMD_H
#define CSIMD_H

#include <stdint.h>

typedef uint8_t csimd_block __attribute__((ext_vector_type(16)));
typedef int8_t csimd_mask __attribute__((ext_vector_type(16)));

#define CSIMD_INLINE static inline __attribute__((always_inline))

// Lane by lane, without a carry from one to the next.
CSIMD_INLINE csimd_block csimd_add(csimd_block left, csimd_block right) { return left + right; }
CSIMD_INLINE csimd_block csimd_or(csimd_block left, csimd_block right) { return left | right; }

// One bit for each lane of a mask, which is all ones or all zeros, the first lane's lowest: a number, unlike a vector, can be
// asked for its first bit.
CSIMD_INLINE uint32_t csimd_lane_bits(csimd_mask mask) {
#if defined(__SSE2__)
  return (uint32_t)__builtin_ia32_pmovmskb128(mask);
#else
  typedef _Bool lane_bits __attribute__((ext_vector_type(16)));
  union {
    lane_bits lanes;
    uint16_t number;
  } bits = {.lanes = __builtin_convertvector(mask, lane_bits)};
  return bits.number;
#endif
}

#endif
