#include <stdint.h>

#include "fixed_point.c"

/* The real value of an int8 in 256ths, rounded, as TFLite's comparisons take it; the shift is 0 or less. */
static inline int32_t crimp_comparable(int32_t value, int32_t offset, int32_t multiplier, int32_t shift)
{
    return crimp_multiply_by_quantized_multiplier((value + offset) * 256, multiplier, shift);
}
