#include <stdint.h>

#include "requantize.c"
#include "rescale.c"

/*
 * FULLY_CONNECTED, int8: eight outputs at a time, then four, then one. Weights of eight outputs stand side by side
 * in two words, as w + 128: masked, a word is two pairs of weights, and a pair times an input two products in one
 * 32-bit multiply (see packed_dot.c).
 */
struct crimp_mul32_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t group;      /* inputs whose products fit into 16 bits, a multiple of 4; 0: no eight outputs at a time */
    int32_t rounding;   /* 2^15 for each group */
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
    int32_t output_offset;
    struct crimp_mul32_rescale rescale;
    struct crimp_mul32_store store;
};

/* Sums of two outputs whose weights are a pair: see packed_dot.c. */
struct crimp_mul32_lanes {
    uint32_t total;
    int32_t high;
};

/* What crimp_mul32_dot_8_outputs keeps in memory, in the order in which its assembly reads it. */
struct crimp_mul32_dot_8 {
    int32_t offset;   /* takes the 128 off either weight of a pair */
    int32_t rounding; /* 2^15 */
    struct crimp_mul32_lanes lanes[4];
    int32_t stride;    /* bytes of a group's weights */
    const int8_t *end; /* of the weights */
};

/* Two weights, 128 higher, of which one stands between. */
static inline uint32_t crimp_mul32_weight_pair(const int8_t *weights)
{
    return (uint32_t)(uint8_t)weights[0] + ((uint32_t)(uint8_t)weights[2] << 16);
}

/*
 * sums[i] = bias[i] + sum over k of x[k] * (weight i of input k). x is aligned to words, inputs a multiple of 4. The
 * compiler proves |sum| < 2^15 for all products of an output within a group.
 */
static void crimp_mul32_dot_8_outputs(const int8_t *x, const int8_t *weights, const int32_t *bias,
                                      const struct crimp_mul32_fully_connected *layer, int32_t *sums)
{
    struct crimp_mul32_dot_8 state;

    state.offset = -0x800080;
    state.rounding = 0x8000;
    for (int32_t pair = 0; pair < 4; ++pair) {
        state.lanes[pair].total = 0;
        state.lanes[pair].high = 0;
    }
    state.stride = 8 * layer->group;
    state.end = weights + 8 * layer->inputs;
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int8_t *values __asm__("r0") = x;
    register const int8_t *w __asm__("r1") = weights;
    register struct crimp_mul32_dot_8 *kept __asm__("r2") = &state;
    register uint32_t mask __asm__("r7") = 0xff00ffu;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_four_outputs word, x, even, odd\n"
                     "lsrs r6, \\word, #8\n"
                     "ands \\word, r7\n"
                     "ands r6, r7\n"
                     "muls \\word, \\x, \\word\n"
                     "muls r6, \\x, r6\n"
                     "add \\even, \\word\n"
                     "add \\odd, r6\n"
                     ".endm\n"
                     ".macro crimp_eight_outputs x\n"
                     "ldmia r1!, {r4, r5}\n"
                     "add r8, \\x\n"
                     "crimp_four_outputs r4, \\x, r9, r10\n"
                     "crimp_four_outputs r5, \\x, r11, r12\n"
                     ".endm\n"
                     ".macro crimp_split_lanes sum\n"
                     "ldmia r6!, {r3, r4}\n"
                     "mov r5, \\sum\n"
                     "adds r5, r5, r2\n"
                     "adds r3, r3, r5\n"
                     "asrs r5, r5, #16\n"
                     "adds r4, r4, r5\n"
                     "subs r6, r6, #8\n"
                     "stmia r6!, {r3, r4}\n"
                     ".endm\n"
                     "push {r2}\n"
                     "ldr r3, [r2, #40]\n"
                     "adds r3, r3, r1\n"
                     "1:\n" /* a group: r3 is its end */
                     "ldr r4, [r2, #44]\n"
                     "cmp r3, r4\n"
                     "bls 2f\n"
                     "movs r3, r4\n"
                     "2:\n"
                     "mov lr, r3\n"
                     "movs r3, #0\n"
                     "mov r8, r3\n"
                     "mov r9, r3\n"
                     "mov r10, r3\n"
                     "mov r11, r3\n"
                     "mov r12, r3\n"
                     "3:\n" /* four inputs */
                     "ldmia r0!, {r2}\n"
                     "sxtb r3, r2\n"
                     "crimp_eight_outputs r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_eight_outputs r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_eight_outputs r3\n"
                     "asrs r2, r2, #8\n"
                     "crimp_eight_outputs r2\n"
                     "cmp r1, lr\n"
                     "bne 3b\n"
                     "ldr r6, [sp]\n"
                     "ldmia r6!, {r2, r3}\n"
                     "mov r4, r8\n"
                     "muls r2, r4, r2\n"
                     "adds r2, r2, r3\n"
                     "crimp_split_lanes r9\n"
                     "crimp_split_lanes r10\n"
                     "crimp_split_lanes r11\n"
                     "crimp_split_lanes r12\n"
                     "ldmia r6!, {r3, r4}\n"
                     "ldr r2, [sp]\n"
                     "adds r3, r3, r1\n"
                     "cmp r1, r4\n"
                     "bne 1b\n"
                     "add sp, #4\n"
                     ".purgem crimp_four_outputs\n"
                     ".purgem crimp_eight_outputs\n"
                     ".purgem crimp_split_lanes\n"
                     : "+l"(values), "+l"(w), "+l"(kept)
                     : "l"(mask)
                     : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    for (const int8_t *w = weights; w != state.end;) {
        const int8_t *last = state.end - w < state.stride ? state.end : w + state.stride;
        uint32_t words[4] = {0u, 0u, 0u, 0u};
        int32_t sum = 0;

        for (; w != last; w += 8) {
            const int32_t value = *x++;

            words[0] += crimp_mul32_weight_pair(w) * (uint32_t)value;
            words[1] += crimp_mul32_weight_pair(w + 1) * (uint32_t)value;
            words[2] += crimp_mul32_weight_pair(w + 4) * (uint32_t)value;
            words[3] += crimp_mul32_weight_pair(w + 5) * (uint32_t)value;
            sum += value;
        }
        for (int32_t pair = 0; pair < 4; ++pair) {
            const uint32_t word = words[pair] + (uint32_t)sum * (uint32_t)state.offset + (uint32_t)state.rounding;

            state.lanes[pair].total += word;
            state.lanes[pair].high += (int32_t)word >> 16;
        }
    }
#endif
    for (int32_t pair = 0; pair < 4; ++pair) {
        const struct crimp_mul32_lanes *lanes = &state.lanes[pair];

        const uint32_t lower = lanes->total - ((uint32_t)lanes->high << 16) - (uint32_t)layer->rounding;

        *sums++ = *bias++ + (int32_t)lower;
        *sums++ = *bias++ + lanes->high;
    }
}

/* sums[i] = bias[i] + sum over k of x[k] * weights[4 * k + i]; count >= 1. */
static inline void crimp_mul32_dot_4_outputs(const int8_t *x, const int8_t *weights, const int32_t *bias,
                                             int32_t count, int32_t *sums)
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

/* Sums that are requantized together. */
enum { crimp_mul32_waiting = 32 };

/* Requantizes and stores the sums of outputs channel .. channel + count - 1. */
static void crimp_mul32_store_outputs(const int32_t *sums, int32_t channel, int32_t count,
                                      const int32_t *multiplier, const int8_t *shift, const int16_t *limit,
                                      int8_t *output, const struct crimp_mul32_fully_connected *layer)
{
    const int32_t same = layer->scale_step == 0 ? count : 1;

    for (int32_t i = 0; i < count; i += same) {
        const int32_t at = (channel + i) * layer->scale_step;

        if (layer->rescale.fine > 0) {
            const struct crimp_mul32_factor factor = crimp_mul32_make_factor(
                multiplier[at], shift[at], limit[at], layer->output_offset, &layer->rescale);

            crimp_mul32_rescale(sums + i, same, &factor, layer->rescale.fine, output + channel + i, 1);
        } else {
            const struct crimp_mul32_scale scale =
                crimp_mul32_make_scale(multiplier[at], shift[at], layer->output_offset);

            crimp_mul32_requantize(sums + i, same, &scale, &layer->store, output + channel + i);
        }
    }
}

/*
 * weights: for each eight outputs [input][8] as w + 128, of outputs 0, 2, 1, 3, 4, 6, 5 and 7; for each four
 * [input][4]; what remains of the outputs as rows [input]. limit: where the layer is rescaled. excess: what was
 * taken off weights for the sake of groups, as output, input and difference; the last output is 32767. bias: with
 * input offset * sum of weights added.
 */
static void crimp_mul32_fully_connected_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                           const int32_t *bias, const int32_t *multiplier,
                                           const int8_t *shift, const int16_t *limit, const int16_t *excess,
                                           const struct crimp_mul32_fully_connected *layer)
{
    const int32_t inputs = layer->inputs;
    const int32_t outputs = layer->outputs;

    for (int32_t row = 0; row < layer->batch; ++row) {
        const int8_t *filter = weights;
        const int16_t *taken = excess;
        int32_t sums[crimp_mul32_waiting];
        int32_t waiting = 0;

        for (int32_t channel = 0; channel < outputs;) {
            const int32_t left = outputs - channel;
            const int32_t count = left >= 8 && layer->group > 0 ? 8 : left >= 4 ? 4 : 1;
            int32_t *sum = sums + waiting;

            if (count == 8) {
                crimp_mul32_dot_8_outputs(input, filter, bias + channel, layer, sum);
                for (; taken[0] < channel + 8; taken += 3) {
                    sum[taken[0] - channel] += input[taken[1]] * taken[2];
                }
            } else if (count == 4) {
                crimp_mul32_dot_4_outputs(input, filter, bias + channel, inputs, sum);
            } else {
                *sum = bias[channel];
                for (int32_t k = 0; k < inputs; ++k) {
                    *sum += input[k] * filter[k];
                }
            }
            filter += count * inputs;
            channel += count;
            waiting += count;
            if (waiting + 8 > crimp_mul32_waiting || channel == outputs) {
                crimp_mul32_store_outputs(sums, channel - waiting, waiting, multiplier, shift, limit, output,
                                          layer);
                waiting = 0;
            }
        }
        input += inputs;
        output += outputs;
    }
}
