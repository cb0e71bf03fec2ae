#include <stdint.h>

/*
 * ADD and SUB of int8 values as one sum of two products, for layers for which the compiler has tried every pair of
 * values and found it to give what TFLite's three roundings give.
 */
struct crimp_mul32_sum {
    int32_t a_factor; /* of a step of a: steps of the output * 2^22 */
    int32_t b_factor;
    int32_t rounding; /* all offsets, and half a step */
    int32_t min;
    int32_t max;
};

/* Bits behind the point of a sum. */
enum { crimp_mul32_sum_bits = 22 };

/* output[i] = a[i * a_step] + b[i * b_step]; a step is 0 for a repeated operand, else 1. count >= 1. */
static void crimp_mul32_sum_s8(const int8_t *a, int32_t a_step, const int8_t *b, int32_t b_step, int8_t *output,
                               int32_t count, const struct crimp_mul32_sum *sum)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    if (a_step == 1 && b_step == 1) {
        register const int8_t *a_end __asm__("r0") = a + count;
        register const int8_t *b_end __asm__("r1") = b + count;
        register int8_t *end __asm__("r2") = output + count;
        register int32_t left __asm__("r3") = -count;
        register const struct crimp_mul32_sum *constants __asm__("r4") = sum;

        __asm__ volatile(".syntax unified\n"
                         ".macro crimp_value\n"
                         "ldrsb r4, [r0, r3]\n"
                         "ldrsb r5, [r1, r3]\n"
                         "muls r4, r6, r4\n"
                         "muls r5, r7, r5\n"
                         "adds r4, r4, r5\n"
                         "add r4, r8\n"
                         "asrs r4, r4, #22\n" /* crimp_mul32_sum_bits */
                         "cmp r4, r9\n"
                         "blt 3f\n"
                         "cmp r4, r10\n"
                         "bgt 4f\n"
                         "strb r4, [r2, r3]\n"
                         "adds r3, r3, #1\n"
                         ".endm\n"
                         "ldmia r4!, {r6, r7}\n"
                         "ldmia r4!, {r5}\n"
                         "mov r8, r5\n"
                         "ldmia r4!, {r5}\n"
                         "mov r9, r5\n"
                         "ldr r5, [r4, #0]\n"
                         "mov r10, r5\n"
                         "lsls r4, r3, #31\n" /* an odd number of values: begin in the middle */
                         "bne 2f\n"
                         "1:\n"
                         "crimp_value\n"
                         "2:\n"
                         "crimp_value\n"
                         "bne 1b\n"
                         "b 6f\n"
                         "3:\n"
                         "mov r4, r9\n"
                         "b 5f\n"
                         "4:\n"
                         "mov r4, r10\n"
                         "5:\n"
                         "strb r4, [r2, r3]\n"
                         "adds r3, r3, #1\n"
                         "beq 6f\n"
                         "lsls r4, r3, #31\n"
                         "bne 2b\n"
                         "b 1b\n"
                         "6:\n"
                         ".purgem crimp_value\n"
                         : "+l"(a_end), "+l"(b_end), "+l"(end), "+l"(left), "+l"(constants)
                         :
                         : "r5", "r6", "r7", "r8", "r9", "r10", "cc", "memory");
        return;
    }
#endif
    for (int32_t i = 0; i < count; ++i) {
        int32_t value = (*a * sum->a_factor + *b * sum->b_factor + sum->rounding) >> crimp_mul32_sum_bits;

        value = value < sum->min ? sum->min : value;
        value = value > sum->max ? sum->max : value;
        output[i] = (int8_t)value;
        a += a_step;
        b += b_step;
    }
}
