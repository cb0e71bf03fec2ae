#include <stdint.h>

#include "fixed_point.c"

/* A table of 513 entries over all of int16, interpolated. */
static int32_t crimp_lut_lookup(int32_t x, const int16_t *lut)
{
    const int32_t value = crimp_clamp(x, INT16_MIN, INT16_MAX);
    const int16_t *entry = lut + 256 + (value >> 7);

    return entry[0] + (((entry[1] - entry[0]) * (value & 0x7f) + 64) >> 7);
}

/*
 * Softmax of each row. exp_lut is exp over -10 .. 0, reciprocal_lut 1 / (1 + x) over 0 .. 1, both Q0.15; the
 * multiplier brings differences to 65535 / 10 steps. The exponentials wait in the output.
 */
static void crimp_softmax_s16(const int16_t *input, int16_t *output, int32_t rows, int32_t depth,
                              int32_t multiplier, int32_t shift, const int16_t *exp_lut,
                              const int16_t *reciprocal_lut)
{
    for (int32_t r = 0; r < rows; ++r) {
        int32_t largest = INT16_MIN;
        uint32_t sum = 0;
        int32_t right = 30;
        int32_t reciprocal;

        for (int32_t i = 0; i < depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        for (int32_t i = 0; i < depth; ++i) {
            const int32_t difference =
                crimp_multiply_by_quantized_multiplier(input[i] - largest, multiplier, shift);
            const int32_t exp = crimp_lut_lookup((int32_t)((uint32_t)difference + INT16_MAX), exp_lut);

            output[i] = (int16_t)exp;
            sum += (uint32_t)exp;
        }
        /* To 1 <= sum < 2 in Q1.30; the table takes sum - 1, centred. */
        while (sum < 0x40000000u) {
            sum <<= 1;
            --right;
        }
        reciprocal = crimp_lut_lookup((int32_t)((sum + 0x2000u) >> 14) - 0x18000, reciprocal_lut);
        for (int32_t i = 0; i < depth; ++i) {
            const int32_t value = (output[i] * reciprocal + (1 << (right - 1))) >> right;

            output[i] = (int16_t)crimp_clamp(value, 0, INT16_MAX);
        }
        input += depth;
        output += depth;
    }
}
