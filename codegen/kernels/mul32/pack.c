#include <stdint.h>

/*
 * Packs two runs of values, a to the lower and b to the upper halves of words: to[i * to_step] =
 * a[i * a_step] + b[i * b_step] * 2^16 for 0 <= i < count, count >= 1. A step of 0 repeats a value.
 * Returns where the next goes.
 */
static int32_t *crimp_mul32_pack(int32_t *to, int32_t to_step, const int8_t *a, int32_t a_step,
                                 const int8_t *b, int32_t b_step, int32_t count)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t *out __asm__("r0") = to;
    register const int8_t *from_a __asm__("r1") = a;
    register const int8_t *from_b __asm__("r2") = b;
    register uint32_t end __asm__("r3") = (uint32_t)to + 4u * (uint32_t)(to_step * count);

    if (to_step == 2 && a_step == 1 && b_step == 1 &&
        (((uint32_t)a | (uint32_t)b | (uint32_t)count) & 3u) == 0u) {
        /* Four values a word. */
        __asm__ volatile(".syntax unified\n"
                         "mov r8, r3\n"
                         "1:\n"
                         "ldmia r1!, {r3}\n"
                         "ldmia r2!, {r4}\n"
                         "sxtb r5, r3\n"
                         "lsls r6, r4, #24\n"
                         "asrs r6, r6, #8\n"
                         "adds r5, r5, r6\n"
                         "str r5, [r0, #0]\n"
                         "asrs r3, r3, #8\n"
                         "asrs r4, r4, #8\n"
                         "sxtb r5, r3\n"
                         "lsls r6, r4, #24\n"
                         "asrs r6, r6, #8\n"
                         "adds r5, r5, r6\n"
                         "str r5, [r0, #8]\n"
                         "asrs r3, r3, #8\n"
                         "asrs r4, r4, #8\n"
                         "sxtb r5, r3\n"
                         "lsls r6, r4, #24\n"
                         "asrs r6, r6, #8\n"
                         "adds r5, r5, r6\n"
                         "str r5, [r0, #16]\n"
                         "asrs r3, r3, #8\n"
                         "asrs r4, r4, #8\n"
                         "lsls r4, r4, #16\n"
                         "adds r3, r3, r4\n"
                         "str r3, [r0, #24]\n"
                         "adds r0, r0, #32\n"
                         "cmp r0, r8\n"
                         "bne 1b\n"
                         : "+l"(out), "+l"(from_a), "+l"(from_b), "+l"(end)
                         :
                         : "r4", "r5", "r6", "r8", "cc", "memory");
    } else if (to_step == 2 && a_step == 1 && b_step == 1) {
        register int32_t left __asm__("r5") = -count;

        from_a += count;
        from_b += count;
        __asm__ volatile(".syntax unified\n"
                         "1:\n"
                         "ldrsb r3, [r1, r5]\n"
                         "ldrsb r4, [r2, r5]\n"
                         "lsls r4, r4, #16\n"
                         "adds r3, r3, r4\n"
                         "str r3, [r0, #0]\n"
                         "adds r0, r0, #8\n"
                         "adds r5, r5, #1\n"
                         "bne 1b\n"
                         : "+l"(out), "+l"(from_a), "+l"(from_b), "+l"(end), "+l"(left)
                         :
                         : "r4", "cc", "memory");
    } else {
        register int32_t stride __asm__("r4") = 4 * to_step;
        register int32_t next_a __asm__("r6") = a_step;
        register int32_t next_b __asm__("r7") = b_step;

        __asm__ volatile(".syntax unified\n"
                         "mov r8, r3\n"
                         "mov r9, r4\n"
                         "movs r5, #0\n"
                         "1:\n"
                         "ldrsb r3, [r1, r5]\n"
                         "ldrsb r4, [r2, r5]\n"
                         "lsls r4, r4, #16\n"
                         "adds r3, r3, r4\n"
                         "str r3, [r0, #0]\n"
                         "adds r1, r1, r6\n"
                         "adds r2, r2, r7\n"
                         "add r0, r9\n"
                         "cmp r0, r8\n"
                         "bne 1b\n"
                         : "+l"(out), "+l"(from_a), "+l"(from_b), "+l"(end), "+l"(stride)
                         : "l"(next_a), "l"(next_b)
                         : "r5", "r8", "r9", "cc", "memory");
    }
    return out;
#else
    for (; count > 0; --count) {
        *to = *a + (int32_t)((uint32_t)*b << 16);
        to += to_step;
        a += a_step;
        b += b_step;
    }
    return to;
#endif
}
