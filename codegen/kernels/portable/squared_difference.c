#include <stdint.h>

#include "fixed_point.c"

/*
 * TFLite's SQUARED_DIFFERENCE of quantized values: each input is multiplied by a power of two (2^7 for int8) and
 * scaled to twice the larger input scale; the square of their difference is scaled to the output.
 */
struct crimp_squared_difference {
    int32_t factor;
    int32_t a_offset;
    int32_t a_multiplier;
    int32_t a_shift;
    int32_t b_offset;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t output_offset;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t min;
    int32_t max;
};

static inline int32_t crimp_squared_difference_of(int32_t a, int32_t b,
                                                  const struct crimp_squared_difference *scaling)
{
    const int32_t x = crimp_multiply_by_quantized_multiplier((a + scaling->a_offset) * scaling->factor,
                                                             scaling->a_multiplier, scaling->a_shift);
    const int32_t y = crimp_multiply_by_quantized_multiplier((b + scaling->b_offset) * scaling->factor,
                                                             scaling->b_multiplier, scaling->b_shift);
    const uint32_t square = (uint32_t)(x - y) * (uint32_t)(x - y);
    const int32_t value = crimp_multiply_by_quantized_multiplier((int32_t)square, scaling->output_multiplier,
                                                                 scaling->output_shift);

    return crimp_clamp((int32_t)((uint32_t)value + (uint32_t)scaling->output_offset), scaling->min, scaling->max);
}

/* Of plain integers, wrapping. */
static inline int32_t crimp_squared_difference_s32(int32_t a, int32_t b)
{
    const uint32_t difference = (uint32_t)a - (uint32_t)b;

    return (int32_t)(difference * difference);
}

static inline float crimp_squared_difference_f32(float a, float b)
{
    const float difference = a - b;

    return difference * difference;
}
