#include <stdint.h>

/* What the groups of two lanes add up to: see packed_dot.c. */
struct crimp_mul32_lanes {
    uint32_t total;
    int32_t high;
};

static inline void crimp_mul32_add_word(uint32_t word, struct crimp_mul32_lanes *lanes)
{
    lanes->total += word;
    lanes->high += (int32_t)(word + 0x8000u) >> 16;
}

static inline int32_t crimp_mul32_lower_lane(const struct crimp_mul32_lanes *lanes)
{
    return (int32_t)(lanes->total - ((uint32_t)lanes->high << 16));
}

/*
 * MultiplyByQuantizedMultiplier of a sum without its bias, for which the compiler has found constants that
 * give the same (direct.ts): multiplier = high * 2^fine + low, with fine + point bits behind the point, of
 * which low can do without some bits of the sum. rounding: with bias and output offset, `point` bits behind it.
 */
static inline int8_t crimp_mul32_direct(int32_t sum, int32_t high, int32_t low, int32_t rounding,
                                        int32_t dropped, int32_t fine, int32_t point)
{
    const int32_t rest = ((sum >> dropped) * low) >> (fine - dropped);
    const int32_t value = (sum * high + rest + rounding) >> point;

    return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}
