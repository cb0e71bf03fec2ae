#include <stdint.h>

/*
 * Three int8 products in two 32-bit multiplies. Values x0, x1 and x2 that share their weights stand
 * in a pair of words, x0 + x1 * 2^21 and x2 + x1 * 2^10. Their sums of products, modulo 2^32, are
 * s0 + s1 * 2^21 and s2 + s1 * 2^10, and nothing is lost as long as |s| < 2^20, which the compiler
 * proves: the first word's lowest 21 bits are s0 and its others the lowest 11 bits of s1; with
 * these taken off, the second word's lowest 21 bits are s2 and its others the rest of s1.
 *
 * The assembly here is for GCC when it optimizes, and does not set a frame pointer up; the plain C
 * beside it does the same.
 */
enum { crimp_rv32im_sum_bits = 21 };

/*
 * One step of four outputs: sums[words * output + word] += column[word] * weights[output].
 */
static inline void crimp_rv32im_step(const uint32_t *column, int32_t words, const int8_t *weights,
                                     uint32_t *sums)
{
    for (int32_t output = 0; output < 4; ++output) {
        const uint32_t weight = (uint32_t)weights[output];

        for (int32_t word = 0; word < words; ++word) {
            *sums++ += column[word] * weight;
        }
    }
}

/* Sums of four outputs, weights [depth][4], at six values, column [depth][4]; depth >= 1. */
static void crimp_rv32im_dots_of_six(const uint32_t *column, const int8_t *weights, int32_t depth,
                                     uint32_t *sums)
{
#if defined(__riscv_mul) && __riscv_xlen == 32 && defined(__OPTIMIZE__) && !defined(__clang__)
    const uint32_t *x = column;
    const int8_t *w = weights;
    const uint32_t *end = column + 4 * depth;
    int32_t odd = (depth - 1) & 3;

    __asm__ volatile(".macro crimp_weight i, word0, word1, word2, word3\n"
                     "lb t5, \\i(%[w])\n"
                     "mul t6, t0, t5\n"
                     "add \\word0, \\word0, t6\n"
                     "mul t6, t1, t5\n"
                     "add \\word1, \\word1, t6\n"
                     "mul t6, t2, t5\n"
                     "add \\word2, \\word2, t6\n"
                     "mul t6, t3, t5\n"
                     "add \\word3, \\word3, t6\n"
                     ".endm\n"
                     ".macro crimp_step i\n"
                     "lw t0, 16*\\i+0(%[x])\n"
                     "lw t1, 16*\\i+4(%[x])\n"
                     "lw t2, 16*\\i+8(%[x])\n"
                     "lw t3, 16*\\i+12(%[x])\n"
                     "crimp_weight 4*\\i+0, a0, a1, a2, a3\n"
                     "crimp_weight 4*\\i+1, a4, a5, a6, a7\n"
                     "crimp_weight 4*\\i+2, s2, s3, s4, s5\n"
                     "crimp_weight 4*\\i+3, s6, s7, s8, s9\n"
                     ".endm\n"
                     ".macro crimp_first_weight i, word0, word1, word2, word3\n"
                     "lb t5, \\i(%[w])\n"
                     "mul \\word0, t0, t5\n"
                     "mul \\word1, t1, t5\n"
                     "mul \\word2, t2, t5\n"
                     "mul \\word3, t3, t5\n"
                     ".endm\n"
                     "lw t0, 0(%[x])\n"
                     "lw t1, 4(%[x])\n"
                     "lw t2, 8(%[x])\n"
                     "lw t3, 12(%[x])\n"
                     "crimp_first_weight 0, a0, a1, a2, a3\n"
                     "crimp_first_weight 1, a4, a5, a6, a7\n"
                     "crimp_first_weight 2, s2, s3, s4, s5\n"
                     "crimp_first_weight 3, s6, s7, s8, s9\n"
                     "addi %[x], %[x], 16\n"
                     "addi %[w], %[w], 4\n"
                     "beqz %[odd], 2f\n"
                     "1:\n" /* what there is beside fours */
                     "crimp_step 0\n"
                     "addi %[x], %[x], 16\n"
                     "addi %[w], %[w], 4\n"
                     "addi %[odd], %[odd], -1\n"
                     "bnez %[odd], 1b\n"
                     "2:\n"
                     "beq %[x], %[end], 4f\n"
                     "3:\n"
                     "crimp_step 0\n"
                     "crimp_step 1\n"
                     "crimp_step 2\n"
                     "crimp_step 3\n"
                     "addi %[x], %[x], 64\n"
                     "addi %[w], %[w], 16\n"
                     "bne %[x], %[end], 3b\n"
                     "4:\n"
                     "sw a0, 0(%[sums])\n"
                     "sw a1, 4(%[sums])\n"
                     "sw a2, 8(%[sums])\n"
                     "sw a3, 12(%[sums])\n"
                     "sw a4, 16(%[sums])\n"
                     "sw a5, 20(%[sums])\n"
                     "sw a6, 24(%[sums])\n"
                     "sw a7, 28(%[sums])\n"
                     "sw s2, 32(%[sums])\n"
                     "sw s3, 36(%[sums])\n"
                     "sw s4, 40(%[sums])\n"
                     "sw s5, 44(%[sums])\n"
                     "sw s6, 48(%[sums])\n"
                     "sw s7, 52(%[sums])\n"
                     "sw s8, 56(%[sums])\n"
                     "sw s9, 60(%[sums])\n"
                     ".purgem crimp_weight\n"
                     ".purgem crimp_step\n"
                     ".purgem crimp_first_weight\n"
                     : [x] "+r"(x), [w] "+r"(w), [odd] "+r"(odd)
                     : [end] "r"(end), [sums] "r"(sums)
                     : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
                       "s8", "s9", "t0", "t1", "t2", "t3", "t5", "t6", "memory");
#else
    for (int32_t i = 0; i < 16; ++i) {
        sums[i] = 0;
    }
    for (int32_t k = 0; k < depth; ++k) {
        crimp_rv32im_step(column + 4 * k, 4, weights + 4 * k, sums);
    }
#endif
}

/* Sums of eight outputs, weights twice [depth][4], at three values, column [depth][2]; depth >= 1. */
static void crimp_rv32im_dots_of_three(const uint32_t *column, const int8_t *weights, const int8_t *more,
                                       int32_t depth, uint32_t *sums)
{
#if defined(__riscv_mul) && __riscv_xlen == 32 && defined(__OPTIMIZE__) && !defined(__clang__)
    const uint32_t *x = column;
    const int8_t *w = weights;
    const int8_t *v = more;
    const uint32_t *end = column + 2 * depth;
    int32_t odd = (depth - 1) & 3;

    __asm__ volatile(".macro crimp_weight i, from, word0, word1\n"
                     "lb t5, \\i(\\from)\n"
                     "mul t6, t0, t5\n"
                     "add \\word0, \\word0, t6\n"
                     "mul t6, t1, t5\n"
                     "add \\word1, \\word1, t6\n"
                     ".endm\n"
                     ".macro crimp_step i\n"
                     "lw t0, 8*\\i(%[x])\n"
                     "lw t1, 8*\\i+4(%[x])\n"
                     "crimp_weight 4*\\i, %[w], a0, a1\n"
                     "crimp_weight 4*\\i+1, %[w], a2, a3\n"
                     "crimp_weight 4*\\i+2, %[w], a4, a5\n"
                     "crimp_weight 4*\\i+3, %[w], a6, a7\n"
                     "crimp_weight 4*\\i, %[v], s2, s3\n"
                     "crimp_weight 4*\\i+1, %[v], s4, s5\n"
                     "crimp_weight 4*\\i+2, %[v], s6, s7\n"
                     "crimp_weight 4*\\i+3, %[v], s8, s9\n"
                     ".endm\n"
                     ".macro crimp_first_weight i, from, word0, word1\n"
                     "lb t5, \\i(\\from)\n"
                     "mul \\word0, t0, t5\n"
                     "mul \\word1, t1, t5\n"
                     ".endm\n"
                     "lw t0, 0(%[x])\n"
                     "lw t1, 4(%[x])\n"
                     "crimp_first_weight 0, %[w], a0, a1\n"
                     "crimp_first_weight 1, %[w], a2, a3\n"
                     "crimp_first_weight 2, %[w], a4, a5\n"
                     "crimp_first_weight 3, %[w], a6, a7\n"
                     "crimp_first_weight 0, %[v], s2, s3\n"
                     "crimp_first_weight 1, %[v], s4, s5\n"
                     "crimp_first_weight 2, %[v], s6, s7\n"
                     "crimp_first_weight 3, %[v], s8, s9\n"
                     "addi %[x], %[x], 8\n"
                     "addi %[w], %[w], 4\n"
                     "addi %[v], %[v], 4\n"
                     "beqz %[odd], 2f\n"
                     "1:\n"
                     "crimp_step 0\n"
                     "addi %[x], %[x], 8\n"
                     "addi %[w], %[w], 4\n"
                     "addi %[v], %[v], 4\n"
                     "addi %[odd], %[odd], -1\n"
                     "bnez %[odd], 1b\n"
                     "2:\n"
                     "beq %[x], %[end], 4f\n"
                     "3:\n"
                     "crimp_step 0\n"
                     "crimp_step 1\n"
                     "crimp_step 2\n"
                     "crimp_step 3\n"
                     "addi %[x], %[x], 32\n"
                     "addi %[w], %[w], 16\n"
                     "addi %[v], %[v], 16\n"
                     "bne %[x], %[end], 3b\n"
                     "4:\n"
                     "sw a0, 0(%[sums])\n"
                     "sw a1, 4(%[sums])\n"
                     "sw a2, 8(%[sums])\n"
                     "sw a3, 12(%[sums])\n"
                     "sw a4, 16(%[sums])\n"
                     "sw a5, 20(%[sums])\n"
                     "sw a6, 24(%[sums])\n"
                     "sw a7, 28(%[sums])\n"
                     "sw s2, 32(%[sums])\n"
                     "sw s3, 36(%[sums])\n"
                     "sw s4, 40(%[sums])\n"
                     "sw s5, 44(%[sums])\n"
                     "sw s6, 48(%[sums])\n"
                     "sw s7, 52(%[sums])\n"
                     "sw s8, 56(%[sums])\n"
                     "sw s9, 60(%[sums])\n"
                     ".purgem crimp_weight\n"
                     ".purgem crimp_step\n"
                     ".purgem crimp_first_weight\n"
                     : [x] "+r"(x), [w] "+r"(w), [v] "+r"(v), [odd] "+r"(odd)
                     : [end] "r"(end), [sums] "r"(sums)
                     : "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
                       "s8", "s9", "t0", "t1", "t5", "t6", "memory");
#else
    for (int32_t i = 0; i < 16; ++i) {
        sums[i] = 0;
    }
    for (int32_t k = 0; k < depth; ++k) {
        crimp_rv32im_step(column + 2 * k, 2, weights + 4 * k, sums);
        crimp_rv32im_step(column + 2 * k, 2, more + 4 * k, sums + 8);
    }
#endif
}

/* The sums of one output, whose weights stand alone, at `words` words of a column. */
static void crimp_rv32im_dots_of_one(const uint32_t *column, int32_t words, const int8_t *weights, int32_t depth,
                                     uint32_t *sums)
{
    for (int32_t word = 0; word < words; ++word) {
        const uint32_t *x = column + word;
        uint32_t sum = 0;

        for (int32_t k = 0; k < depth; ++k) {
            const uint32_t weight = (uint32_t)weights[k];

            sum += *x * weight;
            x += words;
        }
        sums[word] = sum;
    }
}

/* The sums of three values in a pair of words, times 2^11. */
static inline void crimp_rv32im_take_apart(uint32_t first, uint32_t second, int32_t *sums)
{
    const uint32_t lowest = first << 11;
    const uint32_t others = (first - (uint32_t)((int32_t)lowest >> 11)) >> 11;
    const uint32_t rest = second - others;
    const uint32_t last = rest << 11;

    sums[0] = (int32_t)lowest;
    sums[1] = (int32_t)((rest - (uint32_t)((int32_t)last >> 11) + others) << 1);
    sums[2] = (int32_t)last;
}
