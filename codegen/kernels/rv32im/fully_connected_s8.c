#include <stdint.h>

#include "requantize.c"

/* FULLY_CONNECTED, int8: eight outputs at a time, whose weights stand side by side, then one by one. */
struct crimp_rv32im_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
    struct crimp_rv32im_rescale rescale;
};

/* sums[i] = sum over k of x[k] * weights[8 * k + i] */
static void crimp_rv32im_dots_of_eight(const int8_t *x, const int8_t *weights, int32_t count, int32_t *sums)
{
    const int8_t *const end = x + count;
    int32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;

    while (x != end) {
        const int32_t value = *x++;

        a += value * weights[0];
        b += value * weights[1];
        c += value * weights[2];
        d += value * weights[3];
        e += value * weights[4];
        f += value * weights[5];
        g += value * weights[6];
        h += value * weights[7];
        weights += 8;
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
    sums[4] = e;
    sums[5] = f;
    sums[6] = g;
    sums[7] = h;
}

/*
 * weights: for each eight outputs [input][8], then rows [input]. bias: with input offset * sum of weights added, times
 * 2^align. shift: of the high multiply.
 */
static void crimp_rv32im_fully_connected_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                            const int32_t *bias, const int32_t *multiplier,
                                            const int8_t *shift,
                                            const struct crimp_rv32im_fully_connected *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t inputs = layer->inputs;
    const int32_t outputs = layer->outputs;

    for (int32_t row = 0; row < layer->batch; ++row) {
        const int8_t *filter = weights;

        for (int32_t channel = 0; channel < outputs;) {
            const int32_t count = outputs - channel >= 8 ? 8 : 1;
            int32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};

            if (count == 8) {
                crimp_rv32im_dots_of_eight(input, filter, inputs, sums);
            } else {
                for (int32_t k = 0; k < inputs; ++k) {
                    sums[0] += input[k] * filter[k];
                }
            }
            for (int32_t i = 0; i < count; ++i, ++channel) {
                const int32_t at = channel * layer->scale_step;
                const struct crimp_rv32im_scale scale =
                    crimp_rv32im_make_scale(bias[channel], multiplier[at], shift[at], &rescale);

                *output++ =
                    crimp_rv32im_requantize(sums[i] * (1 << rescale.align) + scale.bias, &scale, &rescale);
            }
            filter += count * inputs;
        }
        input += inputs;
    }
}
