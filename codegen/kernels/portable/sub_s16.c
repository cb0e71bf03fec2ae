#include <stdint.h>

#include "add_s16.c"

/* output[i] = a[i * a_step] - b[i * b_step]; a step is 0 for an operand that is repeated, else 1. */
static void crimp_sub_s16(const int16_t *a, int32_t a_step, const int16_t *b, int32_t b_step, int16_t *output,
                          int32_t count, const struct crimp_add *add)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = crimp_add_term_s16(*a + add->a_offset, add->a_multiplier, add->a_shift);
        const int32_t y = crimp_add_term_s16(*b + add->b_offset, add->b_multiplier, add->b_shift);

        *output++ = (int16_t)crimp_add_output(x, -y, add);
        a += a_step;
        b += b_step;
    }
}
