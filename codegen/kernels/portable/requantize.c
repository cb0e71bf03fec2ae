#include <stdint.h>

#include "fixed_point.c"

/* Offsets added to each input and each output value, and the clamp of the output. */
struct crimp_quantization {
    int32_t input_offset;
    int32_t output_offset;
    int32_t activation_min;
    int32_t activation_max;
};

/*
 * Sums of products to output values. 32-bit sums are unsigned until here because TFLite Micro's wrap, and in C
 * only unsigned ones may; so does the sum with the output offset. int16 outputs have no offset.
 */
static inline int8_t crimp_requantize_s8(uint32_t sum, int32_t multiplier, int32_t shift,
                                         const struct crimp_quantization *quantization)
{
    const int32_t value = crimp_multiply_by_quantized_multiplier((int32_t)sum, multiplier, shift);

    return (int8_t)crimp_clamp((int32_t)((uint32_t)value + (uint32_t)quantization->output_offset),
                               quantization->activation_min, quantization->activation_max);
}

static inline int16_t crimp_requantize_s16_acc32(uint32_t sum, int32_t multiplier, int32_t shift,
                                                 const struct crimp_quantization *quantization)
{
    const int32_t value = crimp_multiply_by_quantized_multiplier((int32_t)sum, multiplier, shift);

    return (int16_t)crimp_clamp(value, quantization->activation_min, quantization->activation_max);
}

static inline int16_t crimp_requantize_s16(int64_t sum, int32_t multiplier, int32_t shift,
                                           const struct crimp_quantization *quantization)
{
    const int32_t value = crimp_multiply_by_quantized_multiplier_64(sum, multiplier, shift);

    return (int16_t)crimp_clamp(value, quantization->activation_min, quantization->activation_max);
}
