#include <stdint.h>

#include "float_clamp.c"
#include "pool.c"

/* The largest value of each window; a NaN is never larger. */
static void crimp_max_pool_f32(const float *input, float *output, const struct crimp_pool *pool,
                               float activation_min, float activation_max)
{
    for (int32_t batch = 0; batch < pool->batch; ++batch) {
        for (int32_t y = 0; y < pool->output_height; ++y) {
            const struct crimp_span rows = crimp_pool_rows(pool, y);

            for (int32_t x = 0; x < pool->output_width; ++x) {
                const struct crimp_span columns = crimp_pool_columns(pool, x);

                for (int32_t channel = 0; channel < pool->channels; ++channel) {
                    float largest = -3.4028235e38f;

                    for (int32_t row = rows.begin; row < rows.end; ++row) {
                        const float *value =
                            input + (row * pool->input_width + columns.begin) * pool->channels + channel;

                        for (int32_t column = columns.begin; column < columns.end; ++column) {
                            largest = *value > largest ? *value : largest;
                            value += pool->channels;
                        }
                    }
                    *output++ = crimp_float_clamp(largest, activation_min, activation_max);
                }
            }
        }
        input += pool->input_height * pool->input_width * pool->channels;
    }
}
