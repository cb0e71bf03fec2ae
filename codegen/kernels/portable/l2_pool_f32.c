#include <stdint.h>

#include "float_clamp.c"
#include "pool.c"
#include "sqrt_f32.c"

/* The root of the mean square of each window, of what of it lies inside the image, summed row by row. */
static void crimp_l2_pool_f32(const float *input, float *output, const struct crimp_pool *pool,
                              float activation_min, float activation_max)
{
    for (int32_t batch = 0; batch < pool->batch; ++batch) {
        for (int32_t y = 0; y < pool->output_height; ++y) {
            const struct crimp_span rows = crimp_pool_rows(pool, y);

            for (int32_t x = 0; x < pool->output_width; ++x) {
                const struct crimp_span columns = crimp_pool_columns(pool, x);

                for (int32_t channel = 0; channel < pool->channels; ++channel) {
                    float sum = 0.0f;

                    for (int32_t row = rows.begin; row < rows.end; ++row) {
                        const float *value =
                            input + (row * pool->input_width + columns.begin) * pool->channels + channel;

                        for (int32_t column = columns.begin; column < columns.end; ++column) {
                            sum += *value * *value;
                            value += pool->channels;
                        }
                    }
                    sum /= (float)((rows.end - rows.begin) * (columns.end - columns.begin));
                    *output++ = crimp_float_clamp(crimp_sqrt_f32(sum), activation_min, activation_max);
                }
            }
        }
        input += pool->input_height * pool->input_width * pool->channels;
    }
}
