#include <stdint.h>

#include "resize.c"

/* Four values by weights in 1024ths, rounded with ties away from zero. */
static inline int8_t crimp_blend_s8(const int8_t *value, int32_t down, int32_t right, int32_t row_weight,
                                    int32_t column_weight)
{
    const int32_t left = value[0] * (1024 - row_weight) + value[down] * row_weight;
    const int32_t other = value[right] * (1024 - row_weight) + value[down + right] * row_weight;
    const int64_t sum = (int64_t)left * (1024 - column_weight) + (int64_t)other * column_weight;

    return (int8_t)((sum + (sum > 0 ? 0x80000 : -0x80000)) / 0x100000);
}

/*
 * Every value from the four around it. A weight is that of the second of two rows or columns; where it is not above
 * 0, or there is no second, it is the first again.
 */
static void crimp_resize_bilinear_s8(const int8_t *input, int8_t *output, const uint16_t *rows,
                                     const int16_t *row_weights, const uint16_t *columns,
                                     const int16_t *column_weights, const struct crimp_resize *shape)
{
    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const int32_t down = row_weights[y] > 0 && rows[y] < shape->input_height - 1 ? shape->input_width : 0;

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const int32_t right = column_weights[x] > 0 && columns[x] < shape->input_width - 1 ? 1 : 0;
                const int8_t *value = input + (rows[y] * shape->input_width + columns[x]) * shape->channels;

                for (int32_t channel = 0; channel < shape->channels; ++channel) {
                    *output++ = crimp_blend_s8(value, down * shape->channels, right * shape->channels, row_weights[y],
                                               column_weights[x]);
                    ++value;
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->channels;
    }
}
