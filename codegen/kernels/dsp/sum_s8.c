#include <stdint.h>

#include "simd.c"

/*
 * ADD and SUB of int8 values as one sum of two products, as mul32/sum_s8.c computes them, of layers that are clamped to
 * eight bits and no further.
 */
struct crimp_dsp_sum {
    int32_t a_factor; /* of a step of a: steps of the output * 2^22 */
    int32_t b_factor;
    int32_t rounding; /* all offsets, and half a step */
};

/* Bits behind the point of a sum. */
enum { crimp_dsp_sum_bits = 22 };

static inline int8_t crimp_dsp_sum_of(int8_t a, int8_t b, const struct crimp_dsp_sum *sum)
{
    return crimp_dsp_saturate((a * sum->a_factor + sum->rounding + b * sum->b_factor) >> crimp_dsp_sum_bits);
}

/* output[i] = a[i * a_step] + b[i * b_step]; a step is 0 for a repeated operand, else 1. count >= 1. */
static void crimp_dsp_sum_s8(const int8_t *a, int32_t a_step, const int8_t *b, int32_t b_step, int8_t *output,
                             int32_t count, const struct crimp_dsp_sum *sum)
{
    const struct crimp_dsp_sum own = *sum;

    if (a_step == 1 && b_step == 1) {
        for (; count >= 4; count -= 4) {
            output[0] = crimp_dsp_sum_of(a[0], b[0], &own);
            output[1] = crimp_dsp_sum_of(a[1], b[1], &own);
            output[2] = crimp_dsp_sum_of(a[2], b[2], &own);
            output[3] = crimp_dsp_sum_of(a[3], b[3], &own);
            a += 4;
            b += 4;
            output += 4;
        }
    }
    for (; count > 0; --count) {
        *output++ = crimp_dsp_sum_of(*a, *b, &own);
        a += a_step;
        b += b_step;
    }
}
