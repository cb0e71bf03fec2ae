#include <stdint.h>

#include "fully_connected_s8.c"

/*
 * FULLY_CONNECTED, int8, whose weights are mostly 0: of each output only those that are not. They stand in units of
 * four, each as its distance from where the unit starts and the weight; the next unit starts at the last one's input.
 */

/*
 * sums[i] = bias[i] + sum over its units of x[distance] * weight, for 0 <= i < count, count >= 1. units: how many each
 * output has, 1 or more. Returns the terms of the next output.
 */
static inline const uint8_t *crimp_mul32_sparse_dots(const int8_t *x, const uint8_t *terms,
                                                     const uint16_t *units, const int32_t *bias,
                                                     int32_t count, int32_t *sums)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int8_t *values __asm__("r0") = x;
    register const uint8_t *at __asm__("r1") = terms;
    register const int32_t *start __asm__("r2") = bias;
    register const uint16_t *left __asm__("r3") = units;
    register int32_t *sum __asm__("r4") = sums;
    register int32_t *end __asm__("r5") = sums + count;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_two_terms word\n"
                     "uxtb r3, \\word\n"
                     "ldrsb r3, [r0, r3]\n"
                     "asrs \\word, \\word, #8\n"
                     "sxtb r6, \\word\n"
                     "muls r3, r6, r3\n"
                     "adds r2, r2, r3\n"
                     "asrs \\word, \\word, #8\n"
                     "uxtb r6, \\word\n"
                     "ldrsb r3, [r0, r6]\n"
                     "asrs \\word, \\word, #8\n"
                     "muls r3, \\word, r3\n"
                     "adds r2, r2, r3\n"
                     ".endm\n"
                     ".macro crimp_unit\n"
                     "ldmia r1!, {r4, r5}\n"
                     "crimp_two_terms r4\n"
                     "crimp_two_terms r5\n"
                     "adds r0, r0, r6\n"
                     ".endm\n"
                     "mov r8, r0\n"
                     "mov r9, r3\n"
                     "mov r10, r2\n"
                     "mov r11, r4\n"
                     "mov r12, r5\n"
                     "1:\n" /* an output */
                     "mov r3, r10\n"
                     "ldmia r3!, {r2}\n"
                     "mov r10, r3\n"
                     "mov r3, r9\n"
                     "ldrh r7, [r3]\n"
                     "adds r3, r3, #2\n"
                     "mov r9, r3\n"
                     "mov r0, r8\n"
                     "lsrs r7, r7, #1\n"
                     "bcc 2f\n"
                     "adds r7, r7, #1\n" /* an odd number of units: begin in the middle */
                     "b 3f\n"
                     "2:\n"
                     "crimp_unit\n"
                     "3:\n"
                     "crimp_unit\n"
                     "subs r7, r7, #1\n"
                     "bne 2b\n"
                     "mov r3, r11\n"
                     "stmia r3!, {r2}\n"
                     "mov r11, r3\n"
                     "cmp r3, r12\n"
                     "bne 1b\n"
                     ".purgem crimp_two_terms\n"
                     ".purgem crimp_unit\n"
                     : "+l"(values), "+l"(at), "+l"(start), "+l"(left), "+l"(sum), "+l"(end)
                     :
                     : "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cc", "memory");
    return at;
#else
    for (int32_t i = 0; i < count; ++i) {
        const int8_t *values = x;
        int32_t sum = bias[i];

        for (int32_t unit = units[i]; unit > 0; --unit) {
            sum += values[terms[0]] * (int8_t)terms[1] + values[terms[2]] * (int8_t)terms[3];
            sum += values[terms[4]] * (int8_t)terms[5] + values[terms[6]] * (int8_t)terms[7];
            values += terms[6];
            terms += 8;
        }
        sums[i] = sum;
    }
    return terms;
#endif
}

/*
 * weights: units of four (distance, weight), output after output. units: how many each output has. limit: where the
 * layer is rescaled. bias: with input offset * sum of weights added.
 */
static void crimp_mul32_fully_connected_s8_sparse(const int8_t *input, int8_t *output, const uint8_t *weights,
                                                  const int32_t *bias, const int32_t *multiplier,
                                                  const int8_t *shift, const int16_t *limit,
                                                  const uint16_t *units,
                                                  const struct crimp_mul32_fully_connected *layer)
{
    for (int32_t row = 0; row < layer->batch; ++row) {
        const uint8_t *terms = weights;

        for (int32_t channel = 0; channel < layer->outputs; channel += crimp_mul32_waiting) {
            const int32_t left = layer->outputs - channel;
            const int32_t count = left < crimp_mul32_waiting ? left : crimp_mul32_waiting;
            int32_t sums[crimp_mul32_waiting];

            terms = crimp_mul32_sparse_dots(input, terms, units + channel, bias + channel, count, sums);
            crimp_mul32_store_outputs(sums, channel, count, multiplier, shift, limit, output, layer);
        }
        input += layer->inputs;
        output += layer->outputs;
    }
}
