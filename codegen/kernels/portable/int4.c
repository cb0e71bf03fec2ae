#include <stdint.h>

/* Value i of an array that packs two int4 values to a byte, the first in the lower half. */
static inline int32_t crimp_int4_at(const uint8_t *packed, int32_t i)
{
    const uint8_t byte = packed[i >> 1];
    const int32_t bits = (i & 1) != 0 ? byte >> 4 : byte & 15;

    return (bits ^ 8) - 8;
}
