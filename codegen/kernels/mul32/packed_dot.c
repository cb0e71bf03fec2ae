#include <stdint.h>

/*
 * Two int8 products in one 32-bit multiply: (a + b * 2^16) * w = a * w + b * w * 2^16. A column
 * holds activations that share their weights, two to a word, in two words per weight: values 0 and
 * 1, then 2 and 3.
 *
 * The lanes of one word cannot take a whole sum, so products are added in groups for which the
 * compiler has proven |a * w + ...| < 2^15, and each group is taken apart: with 2^15 added, the
 * upper half of the word is exactly the upper lane's sum, which goes to `high`. `total` adds up the
 * words as they are, modulo 2^32, and at the end total - high * 2^16 is the lower lane's sum.
 *
 * A group is two weights, or four where weights that are too large for that are cut down: what was
 * taken off follows as the channel's `excess`, entries of (weights to skip) * 2^8 + the rest of the
 * next one, up to an entry of 0. Each of them is a group of its own.
 *
 * Here and in the other kernels the assembly is for GCC, which keeps r7 to itself when it does not
 * optimize; the plain C beside it does the same, step by step.
 */

/* What the groups of one word of a column add up to. */
struct crimp_mul32_word_sums {
    uint32_t total;
    int32_t high;
};

static inline uint32_t crimp_mul32_two_weights(const int32_t *x, const int8_t *weights)
{
    return (uint32_t)x[0] * (uint32_t)weights[0] + (uint32_t)x[2] * (uint32_t)weights[1];
}

static inline void crimp_mul32_add_group(uint32_t group, struct crimp_mul32_word_sums *sums)
{
    sums->total += group;
    sums->high += (int32_t)(group + 0x8000u) >> 16;
}

/*
 * For each column from `column` up to `end`, four sums: bias + sum over k of column value i of
 * weight k, times weights[k]. depth is a multiple of 4, a column 2 * depth words. Returns the next
 * channel's excess; without any, groups are of two.
 */
static inline const uint16_t *crimp_mul32_packed_dots(const int32_t *column, const int32_t *end,
                                                      const int8_t *weights, int32_t depth, int32_t bias,
                                                      const uint16_t *excess, int32_t *sums)
{
    const uint32_t start = (uint32_t)bias * 0x10001u;
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    /* In the order in which they are pushed: r0 lies at sp. */
    register const int32_t *last __asm__("r0") = end;
    register const int8_t *w __asm__("r1") = weights;
    register int32_t high __asm__("r2") = bias;
    register uint32_t total __asm__("r3") = start;
    register int32_t bytes __asm__("r4") = 8 * depth;
    register int32_t *sum __asm__("r5") = sums;
    register const int32_t *x __asm__("r6") = column;
    register const uint16_t *rest __asm__("r7") = excess;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split\n" /* take the lanes of r6 and r7 apart */
                     "add r9, r6\n"
                     "add r6, r12\n"
                     "asrs r6, r6, #16\n"
                     "add r8, r6\n"
                     "add r11, r7\n"
                     "add r7, r12\n"
                     "asrs r7, r7, #16\n"
                     "add r10, r7\n"
                     ".endm\n"
                     ".macro crimp_first_weight weight\n"
                     "ldmia r0!, {r6, r7}\n"
                     "muls r6, \\weight, r6\n"
                     "muls r7, \\weight, r7\n"
                     ".endm\n"
                     ".macro crimp_two_weights second\n" /* the lowest two of r2 */
                     "sxtb r3, r2\n"
                     "ldmia r0!, {r4, r5, r6, r7}\n"
                     "muls r4, r3, r4\n"
                     "muls r5, r3, r5\n"
                     "asrs r2, r2, #8\n"
                     ".ifc \\second, r3\n"
                     "sxtb r3, r2\n"
                     ".endif\n"
                     "muls r6, \\second, r6\n"
                     "muls r7, \\second, r7\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_next_weight weight\n"
                     "ldmia r0!, {r4, r5}\n"
                     "muls r4, \\weight, r4\n"
                     "muls r5, \\weight, r5\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_twice_two_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "crimp_split\n"
                     "asrs r2, r2, #8\n"
                     "crimp_two_weights r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_four_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_next_weight r3\n"
                     "asrs r2, r2, #8\n"
                     "crimp_next_weight r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     "push {r0, r1, r2, r3, r4, r5, r7}\n"
                     "movs r0, r6\n"
                     "movs r4, #1\n"
                     "lsls r4, r4, #15\n"
                     "mov r12, r4\n"
                     "1:\n" /* a column */
                     "ldr r1, [sp, #4]\n"
                     "ldr r2, [sp, #8]\n"
                     "ldr r3, [sp, #12]\n"
                     "mov r8, r2\n"
                     "mov r9, r3\n"
                     "mov r10, r2\n"
                     "mov r11, r3\n"
                     "ldr r2, [sp, #16]\n"
                     "adds r3, r0, r2\n"
                     "mov lr, r3\n"
                     "ldr r3, [sp, #24]\n"
                     "cmp r3, #0\n"
                     "bne 4f\n"
                     "lsls r2, r2, #26\n" /* an odd number of fours: begin in the middle */
                     "bmi 3f\n"
                     "2:\n"
                     "crimp_twice_two_weights\n"
                     "3:\n"
                     "crimp_twice_two_weights\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "b 9f\n"
                     "4:\n"
                     "lsls r2, r2, #26\n"
                     "bmi 6f\n"
                     "5:\n"
                     "crimp_four_weights\n"
                     "6:\n"
                     "crimp_four_weights\n"
                     "cmp r0, lr\n"
                     "bne 5b\n"
                     "ldr r1, [sp, #24]\n"
                     "ldr r2, [sp, #16]\n"
                     "subs r0, r0, r2\n"
                     "b 8f\n"
                     "7:\n" /* an entry of the excess */
                     "sxtb r3, r2\n"
                     "lsrs r2, r2, #8\n"
                     "lsls r2, r2, #3\n"
                     "adds r0, r0, r2\n"
                     "crimp_first_weight r3\n"
                     "crimp_split\n"
                     "8:\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "bne 7b\n"
                     "mov r0, lr\n"
                     "9:\n"
                     "mov r5, r8\n"
                     "lsls r2, r5, #16\n"
                     "mov r4, r9\n"
                     "subs r4, r4, r2\n"
                     "mov r7, r10\n"
                     "lsls r2, r7, #16\n"
                     "mov r6, r11\n"
                     "subs r6, r6, r2\n"
                     "ldr r3, [sp, #20]\n"
                     "stmia r3!, {r4, r5, r6, r7}\n"
                     "str r3, [sp, #20]\n"
                     "ldr r3, [sp, #0]\n"
                     "cmp r0, r3\n"
                     "beq 1f\n"
                     "b 1b\n"
                     "1:\n"
                     "ldr r7, [sp, #24]\n"
                     "cmp r7, #0\n"
                     "beq 1f\n"
                     "movs r7, r1\n"
                     "1:\n"
                     "add sp, #28\n"
                     ".purgem crimp_split\n"
                     ".purgem crimp_first_weight\n"
                     ".purgem crimp_next_weight\n"
                     ".purgem crimp_two_weights\n"
                     ".purgem crimp_twice_two_weights\n"
                     ".purgem crimp_four_weights\n"
                     : "+l"(last), "+l"(w), "+l"(high), "+l"(total), "+l"(bytes), "+l"(sum), "+l"(x),
                       "+l"(rest)
                     :
                     : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    return rest;
#else
    const uint16_t *rest = excess;

    for (; column != end; column += 2 * depth) {
        struct crimp_mul32_word_sums even = {start, bias};
        struct crimp_mul32_word_sums odd = {start, bias};
        const int32_t *x = column;

        for (const int8_t *w = weights; w != weights + depth; w += 4) {
            const uint32_t first = crimp_mul32_two_weights(x, w);
            const uint32_t second = crimp_mul32_two_weights(x + 4, w + 2);
            const uint32_t odd_first = crimp_mul32_two_weights(x + 1, w);
            const uint32_t odd_second = crimp_mul32_two_weights(x + 5, w + 2);

            if (excess != 0) {
                crimp_mul32_add_group(first + second, &even);
                crimp_mul32_add_group(odd_first + odd_second, &odd);
            } else {
                crimp_mul32_add_group(first, &even);
                crimp_mul32_add_group(second, &even);
                crimp_mul32_add_group(odd_first, &odd);
                crimp_mul32_add_group(odd_second, &odd);
            }
            x += 8;
        }
        x = column;
        for (rest = excess; rest != 0 && *rest != 0; ++rest) {
            const uint32_t weight = (uint32_t)(int8_t)(*rest & 255);

            x += *rest >> 8 << 1;
            crimp_mul32_add_group((uint32_t)x[0] * weight, &even);
            crimp_mul32_add_group((uint32_t)x[1] * weight, &odd);
            x += 2;
        }
        sums[0] = (int32_t)(even.total - ((uint32_t)even.high << 16));
        sums[1] = even.high;
        sums[2] = (int32_t)(odd.total - ((uint32_t)odd.high << 16));
        sums[3] = odd.high;
        sums += 4;
    }
    return rest != 0 ? rest + 1 : rest;
#endif
}
