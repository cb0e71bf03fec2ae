#include <stdint.h>
#include <string.h>

#include "simd.c"

/* FULLY_CONNECTED, int8: six outputs at a time, then two, by SMLAD. */
struct crimp_dsp_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t sixes;     /* blocks of six outputs, all of them of a multiple of four inputs */
    int32_t six_words; /* of a block in the stream */
    int32_t held;      /* outputs at the end of a row that are written when the whole of its inputs has been read */
    int32_t min;
    int32_t max;
};

/* Blocks of six outputs of one row of inputs. The assembly knows the fields by their place. */
struct crimp_dsp_sixes {
    const int8_t *input;
    const int8_t *input_end;
    int32_t skip; /* into the assembly's loop: bytes of code */
    int8_t *output;
    const int32_t *end; /* of the stream */
    const int32_t *stream;
};

static inline void crimp_dsp_six_outputs(const struct crimp_dsp_sixes *sixes)
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_dsp_sixes *from __asm__("r0") = sixes;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_two_inputs x\n"
                     "ldmia r0!, {r5, r6, r7}\n"
                     "smlad r11, r5, \\x, r11\n"
                     "smlad r12, r6, \\x, r12\n"
                     "smlad lr, r7, \\x, lr\n"
                     "sxtb16 r5, r5\n"
                     "sxtb16 r6, r6\n"
                     "sxtb16 r7, r7\n"
                     "smlad r8, r5, \\x, r8\n"
                     "smlad r9, r6, \\x, r9\n"
                     "smlad r10, r7, \\x, r10\n"
                     ".endm\n"
                     ".macro crimp_four_inputs\n" /* 88 bytes */
                     "ldr r3, [r1], #4\n"
                     "sxtb16 r4, r3, ror #8\n"
                     "sxtb16 r3, r3\n"
                     "crimp_two_inputs r3\n"
                     "crimp_two_inputs r4\n"
                     ".endm\n"
                     ".macro crimp_store both, first\n"
                     "ldmia r0!, {r3, r4, r5, r6}\n"
                     "sub \\both, \\both, \\first\n"
                     "smmul \\both, \\both, r3\n"
                     "asr \\both, \\both, r4\n"
                     "ssat \\both, #8, \\both\n"
                     "lsrs r7, r6, #8\n"
                     "add \\first, r7, \\first, lsl #8\n"
                     "smmul \\first, \\first, r5\n"
                     "asr \\first, \\first, r6\n"
                     "ssat \\first, #8, \\first\n"
                     "bfi \\first, \\both, #8, #8\n"
                     "strh \\first, [r1], #2\n"
                     ".endm\n"
                     ".macro crimp_signed x\n" /* 256 times a sum, which may be negative */
                     "and r7, r6, \\x, asr #31\n"
                     "sub \\x, \\x, r7\n"
                     "smmla \\x, \\x, r3, r5\n"
                     "asr \\x, \\x, r4\n"
                     "ssat \\x, #8, \\x\n"
                     ".endm\n"
                     ".macro crimp_store_signed both, first\n"
                     "ldmia r0!, {r3, r4, r5, r6}\n"
                     "sub \\both, \\both, \\first\n"
                     "crimp_signed \\both\n"
                     "ldmia r0!, {r3, r4, r5, r6}\n"
                     "lsrs r7, r4, #8\n"
                     "add \\first, r7, \\first, lsl #8\n"
                     "crimp_signed \\first\n"
                     "bfi \\first, \\both, #8, #8\n"
                     "strh \\first, [r1], #2\n"
                     ".endm\n"
                     "ldmia r0, {r1, r2, r3, r4, r5, r6}\n"
                     "adr r7, 2f\n"
                     "adds r3, r3, r7\n"
                     "adds r3, r3, #1\n"
                     "push {r1, r2, r3, r4, r5}\n"
                     "mov r0, r6\n"
                     "1:\n" /* six outputs: r8 .. r10 sum up every other one, r11, r12 and lr both of each two */
                     "ldrd r1, r2, [sp]\n"
                     "ldmia r0!, {r8, r9, r10, r11, r12, lr}\n"
                     "ldr pc, [sp, #8]\n"
                     ".balign 4\n"
                     "2:\n"
                     "crimp_four_inputs\n"
                     "crimp_four_inputs\n"
                     "crimp_four_inputs\n"
                     "crimp_four_inputs\n"
                     "cmp r1, r2\n"
                     "bne 2b\n"
                     "ldr r1, [sp, #12]\n"
                     "ldr r4, [r0, #4]\n"
                     "cmp r4, #0\n"
                     "blt 3f\n"
                     "crimp_store r11, r8\n"
                     "crimp_store r12, r9\n"
                     "crimp_store lr, r10\n"
                     "b 4f\n"
                     "3:\n"
                     "crimp_store_signed r11, r8\n"
                     "crimp_store_signed r12, r9\n"
                     "crimp_store_signed lr, r10\n"
                     "4:\n"
                     "ldr r3, [sp, #16]\n"
                     "str r1, [sp, #12]\n"
                     "cmp r0, r3\n"
                     "bne 1b\n"
                     "add sp, sp, #20\n"
                     ".purgem crimp_two_inputs\n"
                     ".purgem crimp_four_inputs\n"
                     ".purgem crimp_store\n"
                     ".purgem crimp_signed\n"
                     ".purgem crimp_store_signed\n"
                     : "+r"(from)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    const int32_t *words = sixes->stream;

    for (int8_t *output = sixes->output; words != sixes->end; output += 6) {
        int32_t first[3] = {words[0], words[1], words[2]};
        int32_t both[3] = {words[3], words[4], words[5]};

        words += 6;
        for (const int8_t *x = sixes->input; x != sixes->input_end; x += 4) {
            const int32_t four = crimp_dsp_load(x);
            const int32_t twos[2] = {crimp_dsp_even_bytes(four), crimp_dsp_odd_bytes(four)};

            for (int32_t i = 0; i < 6; ++i) {
                both[i % 3] = crimp_dsp_smlad(*words, twos[i / 3], both[i % 3]);
                first[i % 3] = crimp_dsp_smlad(crimp_dsp_even_bytes(*words++), twos[i / 3], first[i % 3]);
            }
        }
        for (int32_t i = 0; i < 3; ++i) {
            words = crimp_dsp_store_pair(words, first[i], both[i], output + 2 * i);
        }
    }
#endif
}

/* Two outputs of any number of inputs. Returns what follows them in the stream. */
static inline const int32_t *crimp_dsp_two_outputs(const int8_t *input, int32_t inputs, const int32_t *words,
                                                   int8_t *output)
{
    const int8_t *end = input + (inputs & ~3);
    int32_t first = words[0];
    int32_t both = words[1];

    words += 2;
    for (; input != end; input += 4) {
        const int32_t four = crimp_dsp_load(input);
        const int32_t even = crimp_dsp_even_bytes(four);
        const int32_t odd = crimp_dsp_odd_bytes(four);

        both = crimp_dsp_smlad(words[0], even, both);
        first = crimp_dsp_smlad(crimp_dsp_even_bytes(words[0]), even, first);
        both = crimp_dsp_smlad(words[1], odd, both);
        first = crimp_dsp_smlad(crimp_dsp_even_bytes(words[1]), odd, first);
        words += 2;
    }
    if ((inputs & 3) > 0) {
        int32_t rest[2];
        const int32_t *last = crimp_dsp_widen_rest(rest, 1, input, inputs & 3);

        for (const int32_t *two = rest; two != last; ++two) {
            both = crimp_dsp_smlad(*words, *two, both);
            first = crimp_dsp_smlad(crimp_dsp_even_bytes(*words++), *two, first);
        }
    }
    return crimp_dsp_store_pair(words, first, both, output);
}

/* `count` outputs from `from` on, of which output[0] is the first. Returns what follows them in the stream. */
static inline const int32_t *crimp_dsp_outputs(const int8_t *input, int32_t from, int32_t count,
                                               const int32_t *words, int8_t *output,
                                               const struct crimp_dsp_fully_connected *layer)
{
    const int32_t sixes = layer->sixes - from / 6 < count / 6 ? layer->sixes - from / 6 : count / 6;
    int8_t two[2];

    if (sixes > 0) {
        struct crimp_dsp_sixes six;

        six.input = input;
        six.input_end = input + layer->inputs;
        six.skip = 88 * (-(layer->inputs >> 2) & 3);
        six.output = output;
        six.stream = words;
        six.end = words + sixes * layer->six_words;
        words = six.end;
        crimp_dsp_six_outputs(&six);
        output += 6 * sixes;
        count -= 6 * sixes;
    }
    for (; count > 1; count -= 2) {
        words = crimp_dsp_two_outputs(input, layer->inputs, words, output);
        output += 2;
    }
    if (count > 0) {
        words = crimp_dsp_two_outputs(input, layer->inputs, words, two);
        *output = two[1];
    }
    return words;
}

enum { crimp_dsp_most_held = 36 };

static inline void crimp_dsp_copy(int8_t *to, const int8_t *from, int32_t count)
{
    for (; count >= 4; count -= 4) {
        memcpy(to, from, 4);
        to += 4;
        from += 4;
    }
    for (; count > 0; --count) {
        *to++ = *from++;
    }
}

/*
 * pairs: blocks of six outputs, then pairs of outputs: what sums start from, the weights, and how sums are requantized
 * (pairs.ts). An odd output at the end is the second of a pair.
 */
static void crimp_dsp_fully_connected_s8(const int8_t *input, int8_t *output, const int32_t *pairs,
                                         const struct crimp_dsp_fully_connected *layer)
{
    const int32_t early = layer->outputs - layer->held;

    for (int32_t row = 0; row < layer->batch; ++row) {
        int8_t held[crimp_dsp_most_held];
        const int32_t *words = crimp_dsp_outputs(input, 0, early, pairs, output, layer);

        crimp_dsp_outputs(input, early, layer->held, words, held, layer);
        crimp_dsp_copy(output + early, held, layer->held);
        if (layer->min > INT8_MIN || layer->max < INT8_MAX) {
            crimp_dsp_clamp(output, layer->outputs, layer->min, layer->max);
        }
        input += layer->inputs;
        output += layer->outputs;
    }
}
