#include <stdint.h>

#include "../portable/packed_weights.c"

/* sum + the products of `count` inputs with the next row of weights; count >= 1. */
static inline int32_t crimp_mul32_packed_dot_s8(struct crimp_packed_weights *at, const int8_t *input,
                                                int32_t count, int32_t sum, const int8_t *codebook,
                                                const struct crimp_packing *packing)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int8_t *end __asm__("r0") = input + count;
    register const int8_t *values __asm__("r1") = codebook;
    register int32_t left __asm__("r2") = -count;
    register const struct crimp_packing *bits __asm__("r3") = packing;
    register uint32_t window __asm__("r4") = at->window;
    register int32_t spare __asm__("r5") = at->spare;
    register int32_t total __asm__("r6") = sum;
    register const uint16_t *next __asm__("r7") = at->next;

    __asm__ volatile(".syntax unified\n"
                     "mov lr, r6\n"
                     "ldr r6, [r3, #8]\n"
                     "mov r8, r6\n" /* skip */
                     "ldr r6, [r3, #4]\n"
                     "mov r9, r6\n" /* index bits */
                     "ldr r3, [r3]\n"
                     "mov r10, r3\n" /* gap bits */
                     "movs r3, #1\n"
                     "lsls r3, r6\n"
                     "subs r3, #1\n"
                     "mov r11, r3\n" /* mask of an index */
                     "movs r3, #1\n"
                     "mov r6, r10\n"
                     "lsls r3, r6\n"
                     "subs r3, #1\n"
                     "mov r12, r3\n" /* mask of a gap */
                     "1:\n"
                     "mov r6, r12\n"
                     "ands r6, r4\n"
                     "mov r3, r10\n"
                     "lsrs r4, r3\n"
                     "subs r5, r5, r3\n"
                     "adds r2, r2, r6\n"
                     "cmp r6, r8\n"
                     "beq 2f\n"
                     "mov r6, r11\n"
                     "ands r6, r4\n"
                     "mov r3, r9\n"
                     "lsrs r4, r3\n"
                     "subs r5, r5, r3\n"
                     "ldrsb r6, [r1, r6]\n"
                     "ldrsb r3, [r0, r2]\n"
                     "muls r6, r3, r6\n"
                     "add lr, r6\n"
                     "adds r2, r2, #1\n"
                     "2:\n"
                     "cmp r5, #0\n"
                     "bge 3f\n"
                     "ldrh r3, [r7]\n"
                     "adds r7, r7, #2\n"
                     "adds r5, r5, #16\n"
                     "lsls r3, r5\n"
                     "orrs r4, r3\n"
                     "3:\n"
                     "cmp r2, #0\n"
                     "blt 1b\n"
                     "mov r6, lr\n"
                     : "+l"(end), "+l"(values), "+l"(left), "+l"(bits), "+l"(window), "+l"(spare),
                       "+l"(total), "+l"(next)
                     :
                     : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    at->window = window;
    at->spare = spare;
    at->next = next;
    return total;
#else
    for (int32_t i = 0; i < count;) {
        const int32_t gap = crimp_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            sum += input[i++] * codebook[crimp_packed_bits(at, packing->index_bits)];
        }
        crimp_packed_refill(at);
    }
    return sum;
#endif
}

/* The next row as it is: `count` weights; count >= 1. */
static void crimp_mul32_unpack_row(struct crimp_packed_weights *at, int8_t *row, int32_t count,
                                   const int8_t *codebook, const struct crimp_packing *packing)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    if (packing->gap_bits == 0) {
        register int8_t *end __asm__("r0") = row + count;
        register const int8_t *values __asm__("r1") = codebook;
        register int32_t left __asm__("r2") = -count;
        register int32_t bits __asm__("r3") = packing->index_bits;
        register uint32_t window __asm__("r4") = at->window;
        register int32_t spare __asm__("r5") = at->spare;
        register const uint16_t *next __asm__("r7") = at->next;

        __asm__ volatile(".syntax unified\n"
                         "movs r6, #1\n"
                         "lsls r6, r3\n"
                         "subs r6, r6, #1\n"
                         "mov r8, r6\n" /* mask of an index */
                         "1:\n"
                         "mov r6, r8\n"
                         "ands r6, r4\n"
                         "lsrs r4, r3\n"
                         "ldrb r6, [r1, r6]\n"
                         "strb r6, [r0, r2]\n"
                         "subs r5, r5, r3\n"
                         "bmi 3f\n"
                         "2:\n"
                         "adds r2, r2, #1\n"
                         "bmi 1b\n"
                         "b 4f\n"
                         "3:\n"
                         "ldrh r6, [r7]\n"
                         "adds r7, r7, #2\n"
                         "adds r5, r5, #16\n"
                         "lsls r6, r5\n"
                         "orrs r4, r6\n"
                         "b 2b\n"
                         "4:\n"
                         : "+l"(end), "+l"(left), "+l"(window), "+l"(spare), "+l"(next)
                         : "l"(values), "l"(bits)
                         : "r6", "r8", "cc", "memory");
        at->window = window;
        at->spare = spare;
        at->next = next;
        return;
    }
#endif
    crimp_unpack_row(at, row, count, codebook, packing);
}
