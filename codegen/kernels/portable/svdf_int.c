#include <stdint.h>

#include "fixed_point.c"

/* From sums of input * feature weight to the state, and from sums of state * time weight to the output. */
struct crimp_svdf_scales {
    int32_t input_offset;
    int32_t state_zero_point;
    int32_t output_offset;
    int32_t feature_multiplier;
    int32_t feature_shift;
    int32_t time_multiplier;
    int32_t time_shift;
};

/* A filter's new value, without the state's zero point. Sums are unsigned because TFLite Micro's wrap. */
static int32_t crimp_svdf_feature(const int8_t *input, const int8_t *weights, int32_t inputs,
                                  const struct crimp_svdf_scales *scales)
{
    uint32_t sum = 0;

    for (int32_t i = 0; i < inputs; ++i) {
        sum += (uint32_t)((input[i] + scales->input_offset) * weights[i]);
    }
    return crimp_multiply_by_quantized_multiplier((int32_t)sum, scales->feature_multiplier,
                                                  scales->feature_shift);
}

static int8_t crimp_svdf_output(uint32_t sum, const struct crimp_svdf_scales *scales)
{
    const int32_t value =
        crimp_multiply_by_quantized_multiplier((int32_t)sum, scales->time_multiplier, scales->time_shift);

    return (int8_t)crimp_clamp((int32_t)((uint32_t)value + (uint32_t)scales->output_offset), INT8_MIN, INT8_MAX);
}
