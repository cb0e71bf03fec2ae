#include <stdint.h>

#include "resize.c"

/* Four values by their weights, in TFLite's order. Adding 0 leaves no -0. */
static inline float crimp_blend_f32(const float *value, int32_t down, int32_t right, float row_weight,
                                    float column_weight)
{
    const float upper = 1.0f - row_weight;
    const float left = 1.0f - column_weight;
    float sum = value[0] * upper * left;

    sum += value[down] * row_weight * left;
    sum += value[right] * upper * column_weight;
    sum += value[down + right] * row_weight * column_weight;
    return sum + 0.0f;
}

/*
 * Every value from the four around it. A weight is that of the second of two rows or columns; where it is not above
 * 0, or there is no second, it is the first again.
 */
static void crimp_resize_bilinear_f32(const float *input, float *output, const uint16_t *rows,
                                      const float *row_weights, const uint16_t *columns,
                                      const float *column_weights, const struct crimp_resize *shape)
{
    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const int32_t down = row_weights[y] > 0.0f && rows[y] < shape->input_height - 1 ? shape->input_width : 0;

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const int32_t right = column_weights[x] > 0.0f && columns[x] < shape->input_width - 1 ? 1 : 0;
                const float *value = input + (rows[y] * shape->input_width + columns[x]) * shape->channels;

                for (int32_t channel = 0; channel < shape->channels; ++channel) {
                    *output++ = crimp_blend_f32(value, down * shape->channels, right * shape->channels, row_weights[y],
                                               column_weights[x]);
                    ++value;
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->channels;
    }
}
