#include <stdint.h>

#include "batch_matmul.c"
#include "fixed_point.c"

/* The product of two matrices. */
static void crimp_batch_matmul_s16(const int16_t *a, const int16_t *b, int16_t *output, const struct crimp_matmul *shape,
                                   const struct crimp_matmul_scaling *scaling)
{
    for (int32_t row = 0; row < shape->rows; ++row) {
        for (int32_t column = 0; column < shape->columns; ++column) {
            const int16_t *x = a + row * shape->a_stride;
            const int16_t *y = b + column * shape->b_stride;
            int64_t sum = 0;

            for (int32_t k = 0; k < shape->depth; ++k) {
                sum += *x * *y;
                x += shape->a_depth_stride;
                y += shape->b_depth_stride;
            }
            *output++ = (int16_t)crimp_clamp(
                crimp_multiply_by_quantized_multiplier_64(sum, scaling->multiplier, scaling->shift), INT16_MIN,
                INT16_MAX);
        }
    }
}
