#include <stdint.h>

#include "fixed_point.c"
#include "pool.c"

/* The largest value of each window. */
static void crimp_max_pool_s8(const int8_t *input, int8_t *output, const struct crimp_pool *pool,
                              int32_t activation_min, int32_t activation_max)
{
    for (int32_t batch = 0; batch < pool->batch; ++batch) {
        for (int32_t y = 0; y < pool->output_height; ++y) {
            const struct crimp_span rows = crimp_pool_rows(pool, y);

            for (int32_t x = 0; x < pool->output_width; ++x) {
                const struct crimp_span columns = crimp_pool_columns(pool, x);

                for (int32_t channel = 0; channel < pool->channels; ++channel) {
                    int32_t largest = INT8_MIN;

                    for (int32_t row = rows.begin; row < rows.end; ++row) {
                        const int8_t *value =
                            input + (row * pool->input_width + columns.begin) * pool->channels + channel;

                        for (int32_t column = columns.begin; column < columns.end; ++column) {
                            largest = *value > largest ? *value : largest;
                            value += pool->channels;
                        }
                    }
                    *output++ = (int8_t)crimp_clamp(largest, activation_min, activation_max);
                }
            }
        }
        input += pool->input_height * pool->input_width * pool->channels;
    }
}
