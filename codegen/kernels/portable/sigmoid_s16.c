#include <stdint.h>

/* The table of logistic(i / 24) in Q0.16 at `size`, `bits` of which are between entries; in Q0.(16 + bits). */
static inline int32_t crimp_sigmoid_at(int32_t size, int32_t bits, const uint16_t *table)
{
    const int32_t entry = size >> bits;
    const int32_t base = table[entry];

    return (base << bits) + (size & ((1 << bits) - 1)) * (table[entry + 1] - base);
}

/* Input to steps of 1 / (3 * 4096): x * multiplier * 2^-shift, rounded. */
static inline int32_t crimp_sigmoid_input(int32_t x, int32_t multiplier, int32_t shift)
{
    return (x * multiplier + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift;
}

/* 1 / (1 + e^-x), Q0.15. */
static void crimp_logistic_s16(const int16_t *input, int16_t *output, int32_t count, int32_t multiplier,
                               int32_t shift, const uint16_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = crimp_sigmoid_input(*input++, multiplier, shift);
        const int32_t size = x < 0 ? -x : x;
        const int32_t y = size >> 9 >= 255 ? 0x7fff << 10 : crimp_sigmoid_at(size, 9, table);

        *output++ = (int16_t)((x < 0 ? (1 << 25) - y + 511 : y + 512) >> 10);
    }
}

/* tanh x = 2 * logistic(2 * x) - 1, Q0.15. */
static void crimp_tanh_s16(const int16_t *input, int16_t *output, int32_t count, int32_t multiplier,
                           int32_t shift, const uint16_t *table)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = crimp_sigmoid_input(*input++, multiplier, shift);
        const int32_t size = x < 0 ? -x : x;
        const int32_t y = (size >> 8 >= 255 ? 0xffff << 8 : crimp_sigmoid_at(size, 8, table)) - (1 << 23);

        *output++ = (int16_t)((x < 0 ? 127 - y : y + 128) >> 8);
    }
}
