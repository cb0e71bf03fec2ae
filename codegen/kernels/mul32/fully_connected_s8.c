#include <stdint.h>

#include "requantize.c"

/* FULLY_CONNECTED, int8: four outputs at a time, their weights side by side in one word. */
struct crimp_mul32_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
    int32_t output_offset;
    struct crimp_mul32_store store;
};

/* sums[i] = bias[i] + sum over k of x[k] * weights[4 * k + i]; count >= 1. */
static inline void crimp_mul32_dot_4_outputs(const int8_t *x, const int8_t *weights, const int32_t *bias,
                                             int32_t count, int32_t sums[4])
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int8_t *end __asm__("r0") = x + count;
    register const int8_t *w __asm__("r1") = weights;
    register int32_t left __asm__("r2") = -count;
    register const int32_t *start __asm__("r3") = bias;
    register int32_t *sum __asm__("r6") = sums;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_input\n" /* one input times four weights */
                     "ldmia r1!, {r4}\n"
                     "ldrsb r3, [r0, r2]\n"
                     "sxtb r5, r4\n"
                     "muls r5, r3, r5\n"
                     "add r8, r5\n"
                     "lsls r5, r4, #16\n"
                     "asrs r5, r5, #24\n"
                     "muls r5, r3, r5\n"
                     "add r9, r5\n"
                     "lsls r5, r4, #8\n"
                     "asrs r5, r5, #24\n"
                     "muls r5, r3, r5\n"
                     "add r10, r5\n"
                     "asrs r4, r4, #24\n"
                     "muls r4, r3, r4\n"
                     "add r11, r4\n"
                     "adds r2, r2, #1\n"
                     ".endm\n"
                     "ldmia r3!, {r4, r5}\n"
                     "mov r8, r4\n"
                     "mov r9, r5\n"
                     "ldmia r3!, {r4, r5}\n"
                     "mov r10, r4\n"
                     "mov r11, r5\n"
                     "lsls r4, r2, #31\n" /* an odd number of inputs: begin in the middle */
                     "bmi 2f\n"
                     "1:\n"
                     "crimp_input\n"
                     "2:\n"
                     "crimp_input\n"
                     "bne 1b\n"
                     "mov r2, r8\n"
                     "mov r3, r9\n"
                     "mov r4, r10\n"
                     "mov r5, r11\n"
                     "stmia r6!, {r2, r3, r4, r5}\n"
                     ".purgem crimp_input\n"
                     : "+l"(end), "+l"(w), "+l"(left), "+l"(start), "+l"(sum)
                     :
                     : "r4", "r5", "r8", "r9", "r10", "r11", "cc", "memory");
#else
    for (int32_t i = 0; i < 4; ++i) {
        sums[i] = bias[i];
        for (int32_t k = 0; k < count; ++k) {
            sums[i] += x[k] * weights[4 * k + i];
        }
    }
#endif
}

/*
 * weights: for each four outputs [input][4]; what remains of the outputs as rows [input]. bias:
 * with input offset * sum of weights added.
 */
static void crimp_mul32_fully_connected_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                           const int32_t *bias, const int32_t *multiplier,
                                           const int8_t *shift,
                                           const struct crimp_mul32_fully_connected *layer)
{
    const int32_t inputs = layer->inputs;
    const int32_t outputs = layer->outputs;

    for (int32_t row = 0; row < layer->batch; ++row) {
        const int8_t *filter = weights;
        int32_t channel = 0;

        while (channel < outputs) {
            const int32_t count = channel + 4 <= outputs ? 4 : 1;
            int32_t sums[4];

            if (count == 4) {
                crimp_mul32_dot_4_outputs(input, filter, bias + channel, inputs, sums);
            } else {
                sums[0] = bias[channel];
                for (int32_t k = 0; k < inputs; ++k) {
                    sums[0] += input[k] * filter[k];
                }
            }
            filter += count * inputs;
            for (int32_t i = 0; i < count;) {
                const int32_t at = (channel + i) * layer->scale_step;
                const struct crimp_mul32_scale scale =
                    crimp_mul32_make_scale(multiplier[at], shift[at], layer->output_offset);
                const int32_t same = layer->scale_step == 0 ? count : 1;

                crimp_mul32_requantize(sums + i, same, &scale, &layer->store, output + channel + i);
                i += same;
            }
            channel += count;
        }
        input += inputs;
        output += outputs;
    }
}
