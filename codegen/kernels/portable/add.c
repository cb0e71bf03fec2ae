#include <stdint.h>

#include "fixed_point.c"

/*
 * TFLite's ADD of quantized values: each input is shifted up (2^20 for int8, 2^15 for int16), scaled to twice
 * the larger input scale, added, scaled to the output. All three shifts are 0 or less.
 */
struct crimp_add {
    int32_t a_offset;
    int32_t a_multiplier;
    int32_t a_shift;
    int32_t b_offset;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t output_offset;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t activation_min;
    int32_t activation_max;
};

/* The sum of two terms as an output value. */
static inline int32_t crimp_add_output(int32_t a, int32_t b, const struct crimp_add *add)
{
    const int32_t sum = (int32_t)((uint32_t)a + (uint32_t)b);
    const int32_t value =
        crimp_multiply_by_quantized_multiplier(sum, add->output_multiplier, add->output_shift);

    return crimp_clamp(value + add->output_offset, add->activation_min, add->activation_max);
}
