#include <stdint.h>

#include "fixed_point.c"

/* From one scale and zero point to another. */
struct crimp_rescaling {
    int32_t input_zero_point;
    int32_t multiplier;
    int32_t shift;
    int32_t output_zero_point;
    int32_t min;
    int32_t max;
};

/* 32-bit values wrap where TFLite Micro's are not defined. */
static inline int32_t crimp_rescale(int32_t value, const struct crimp_rescaling *rescaling)
{
    const int32_t x = (int32_t)((uint32_t)value - (uint32_t)rescaling->input_zero_point);
    const int32_t scaled = crimp_multiply_by_quantized_multiplier(x, rescaling->multiplier, rescaling->shift);
    const int32_t y = (int32_t)((uint32_t)scaled + (uint32_t)rescaling->output_zero_point);

    return crimp_clamp(y, rescaling->min, rescaling->max);
}

static void crimp_quantize_s8_s16(const int8_t *input, int16_t *output, int32_t count,
                                  const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s8_s32(const int8_t *input, int32_t *output, int32_t count,
                                  const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s16_s8(const int16_t *input, int8_t *output, int32_t count,
                                  const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int8_t)crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s16_s16(const int16_t *input, int16_t *output, int32_t count,
                                   const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s16_s32(const int16_t *input, int32_t *output, int32_t count,
                                   const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s32_s8(const int32_t *input, int8_t *output, int32_t count,
                                  const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int8_t)crimp_rescale(*input++, rescaling);
    }
}

static void crimp_quantize_s32_s16(const int32_t *input, int16_t *output, int32_t count,
                                   const struct crimp_rescaling *rescaling)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_rescale(*input++, rescaling);
    }
}
