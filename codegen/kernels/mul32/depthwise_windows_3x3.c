#include <stdint.h>

#include "direct.c"

/*
 * The 3 x 3 windows of one channel in a plane (depthwise_plane.c), requantized where they are summed up.
 * Groups are rows of the window where the weights allow it, and of two weights elsewhere.
 */
struct crimp_mul32_windows {
    int32_t below;    /* bytes from an output of the upper half to that of the lower one; 0: there is none */
    int32_t rounding; /* with bias and output offset, 18 bits behind the point */
    int32_t high;     /* multiplier = high * 2^14 + low, with 18 bits behind the point */
    int32_t low;
    int8_t *output;
    int32_t pairs;        /* bytes of the plane from a row's first pair of windows to behind its last */
    int32_t next_pair;    /* from behind two windows to the next two */
    int32_t next_row;     /* from behind a row of windows to the next one */
    const int32_t *end;   /* of the rows */
    const int32_t *upper; /* the first row without a lower half */
    int32_t odd;          /* a window is left when all are paired */
    int32_t narrow;       /* groups are of two weights */
    int32_t channels;
    int32_t row_below; /* bytes of the plane from behind four words to the row below */
};

/*
 * From x on rows of `columns` windows, `stride` words apart; width: words of a row of the plane, next: from
 * a row of windows to the next one. Two windows side by side at once: a chain of products of values and
 * weights, each of which may overwrite one of the two.
 */
static inline __attribute__((always_inline)) void
crimp_mul32_windows_3x3(const int32_t *x, const struct crimp_mul32_windows *windows, const int8_t *weights,
                        int32_t columns, int32_t width, int32_t next, const int32_t stride)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int32_t *from __asm__("r0") = x;
    register const struct crimp_mul32_windows *constants __asm__("r1") = windows;
    register const int8_t *w __asm__("r2") = weights;

    (void)columns;
    (void)width;
    (void)next;
    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split word, total, high\n"
                     "add \\total, \\word\n"
                     "add \\word, r8\n"
                     "asrs \\word, \\word, #16\n"
                     "add \\high, \\word\n"
                     ".endm\n"
                     ".macro crimp_start word, total, high\n"
                     "mov \\total, \\word\n"
                     "add \\word, r8\n"
                     "asrs \\word, \\word, #16\n"
                     "mov \\high, \\word\n"
                     ".endm\n"
                     ".macro crimp_split_into_r7 word\n"
                     "add r9, \\word\n"
                     "asrs \\word, \\word, #16\n" /* carry: the lower lane is negative */
                     "adcs r7, r7, \\word\n"
                     ".endm\n"
                     ".macro crimp_load_two\n"
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     ".endm\n"
                     ".macro crimp_left weight\n" /* r2 and r1: both windows with a weight of the left column */
                     "ldr r1, [sp, #\\weight]\n"
                     "muls r2, r1, r2\n"
                     ".if %c[stride] == 1\n"
                     "muls r1, r3, r1\n"
                     ".else\n"
                     "muls r1, r4, r1\n"
                     ".endif\n"
                     ".endm\n"
                     ".macro crimp_middle weight, b\n" /* r3 and b: of the middle column's */
                     "ldr \\b, [sp, #\\weight]\n"
                     "muls r3, \\b, r3\n"
                     ".if %c[stride] == 1\n"
                     "muls \\b, r4, \\b\n"
                     ".else\n"
                     "muls \\b, r5, \\b\n"
                     ".endif\n"
                     ".endm\n"
                     ".macro crimp_right weight\n" /* r4 and r6: of the right column's */
                     "ldr r6, [sp, #\\weight]\n"
                     ".if %c[stride] == 1\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r5, r6\n"
                     ".else\n"
                     "ldr r5, [r0]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r5, r6\n"
                     ".endif\n"
                     ".endm\n"
                     ".macro crimp_two_rows weight\n" /* r2 and r1: a row of both windows */
                     "crimp_load_two\n"
                     "crimp_left \\weight\n"
                     "crimp_middle \\weight + 4, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "crimp_right \\weight + 8\n"
                     "adds r2, r2, r4\n"
                     "adds r1, r1, r6\n"
                     ".endm\n"
                     ".macro crimp_one_row weight\n" /* r2: a row of one window */
                     "ldmia r0!, {r2, r3, r4}\n"
                     "ldr r1, [sp, #\\weight]\n"
                     "muls r2, r1, r2\n"
                     "ldr r1, [sp, #\\weight + 4]\n"
                     "muls r3, r1, r3\n"
                     "ldr r1, [sp, #\\weight + 8]\n"
                     "muls r4, r1, r4\n"
                     ".endm\n"
                     ".macro crimp_store sum, to:vararg\n"
                     "movs r0, \\sum\n"
                     "muls r0, r5, r0\n"
                     "asrs r0, r0, #14\n"
                     "muls \\sum, r4, \\sum\n"
                     "adds \\sum, \\sum, r0\n"
                     "adds \\sum, \\sum, r3\n"
                     "asrs \\sum, \\sum, #18\n"
                     "sxtb r0, \\sum\n"
                     "cmp r0, \\sum\n"
                     "beq 9f\n"
                     "asrs \\sum, \\sum, #31\n"
                     "movs r0, #127\n"
                     "eors r0, r0, \\sum\n"
                     "9:\n"
                     "strb r0, [\\to]\n"
                     ".endm\n"
                     ".macro crimp_store_window\n" /* its sums are r9 - r7 * 2^16 and r7 */
                     "lsls r3, r7, #16\n"
                     "mov r2, r9\n"
                     "subs r2, r2, r3\n"
                     "mov r9, r0\n"
                     "add r3, sp, #36\n"
                     "ldmia r3, {r1, r3, r4, r5, r6}\n"
                     "crimp_store r7, r6, r1\n"
                     "crimp_store r2, r6\n"
                     "ldr r0, [sp, #84]\n"
                     "adds r6, r6, r0\n"
                     ".endm\n"
                     ".macro crimp_store_two_windows\n" /* and those of the second are r11 - r12 * 2^16 and r12 */
                     "ldr r1, [sp, #60]\n"
                     "adds r0, r0, r1\n"
                     "crimp_store_window\n"
                     "mov r7, r12\n"
                     "lsls r0, r7, #16\n"
                     "mov r2, r11\n"
                     "subs r2, r2, r0\n"
                     "crimp_store r7, r6, r1\n"
                     "crimp_store r2, r6\n"
                     "ldr r0, [sp, #84]\n"
                     "adds r6, r6, r0\n"
                     "str r6, [sp, #52]\n"
                     "mov r0, r9\n"
                     ".endm\n"
                     ".macro crimp_next_one\n"
                     "add r0, lr\n"
                     "adds r0, r0, #4\n"
                     ".endm\n"
                     ".macro crimp_end_row\n"
                     "ldr r1, [sp, #64]\n"
                     "adds r0, r0, r1\n"
                     "ldr r1, [sp, #72]\n"
                     "cmp r0, r1\n"
                     "bne 5f\n"
                     "movs r1, #0\n" /* from here on the lower half lies below the image */
                     "str r1, [sp, #36]\n"
                     "5:\n"
                     "ldr r1, [sp, #68]\n"
                     "cmp r0, r1\n"
                     "beq 6f\n"
                     "b 1b\n"
                     "6:\n"
                     ".endm\n"
                     ".macro crimp_begin_row\n"
                     "1:\n"
                     "ldr r1, [sp, #56]\n"
                     "adds r1, r1, r0\n"
                     "str r1, [sp, #80]\n"
                     "cmp r0, r1\n"
                     "bne 2f\n"
                     "b 3f\n"
                     "2:\n"
                     ".endm\n"
                     ".macro crimp_end_two\n"
                     "ldr r1, [sp, #80]\n"
                     "cmp r0, r1\n"
                     "beq 3f\n"
                     "b 2b\n"
                     "3:\n"
                     "ldr r1, [sp, #76]\n"
                     "cmp r1, #0\n"
                     "beq 4f\n"
                     ".endm\n"
                     "sub sp, #92\n"
                     "add r7, sp, #36\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r7!, {r3, r4, r5, r6}\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r7!, {r3, r4, r5, r6}\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r7!, {r3, r4, r5, r6}\n"
                     "ldmia r1!, {r3, r4}\n"
                     "str r3, [sp, #84]\n"
                     "mov lr, r4\n"
                     "mov r7, sp\n"
                     ".irp first, 0, 3, 6\n"
                     "movs r1, #\\first\n"
                     "ldrsb r3, [r2, r1]\n"
                     "movs r1, #\\first + 1\n"
                     "ldrsb r4, [r2, r1]\n"
                     "movs r1, #\\first + 2\n"
                     "ldrsb r5, [r2, r1]\n"
                     "stmia r7!, {r3, r4, r5}\n"
                     ".endr\n"
                     "movs r1, #1\n"
                     "lsls r1, r1, #15\n"
                     "mov r8, r1\n"
                     "ldr r1, [sp, #80]\n"
                     "cmp r1, #0\n"
                     "beq 1f\n"
                     "b 7f\n"
                     "crimp_begin_row\n"
                     "crimp_two_rows 0\n"
                     "mov r9, r2\n"
                     "movs r7, #0\n"
                     "asrs r2, r2, #16\n"
                     "adcs r7, r7, r2\n"
                     "crimp_start r1, r11, r12\n"
                     "add r0, lr\n"
                     "crimp_two_rows 12\n"
                     "crimp_split_into_r7 r2\n"
                     "crimp_split r1, r11, r12\n"
                     "add r0, lr\n"
                     "crimp_two_rows 24\n"
                     "crimp_split_into_r7 r2\n"
                     "crimp_split r1, r11, r12\n"
                     "crimp_store_two_windows\n"
                     "crimp_end_two\n"
                     "crimp_one_row 0\n" /* the last of an odd number of windows */
                     "adds r2, r2, r3\n"
                     "adds r2, r2, r4\n"
                     "mov r9, r2\n"
                     "movs r7, #0\n"
                     "asrs r2, r2, #16\n"
                     "adcs r7, r7, r2\n"
                     "crimp_next_one\n"
                     "crimp_one_row 12\n"
                     "adds r2, r2, r3\n"
                     "adds r2, r2, r4\n"
                     "crimp_split_into_r7 r2\n"
                     "crimp_next_one\n"
                     "crimp_one_row 24\n"
                     "adds r2, r2, r3\n"
                     "adds r2, r2, r4\n"
                     "crimp_split_into_r7 r2\n"
                     "crimp_store_window\n"
                     "str r6, [sp, #52]\n"
                     "mov r0, r9\n"
                     "4:\n"
                     "crimp_end_row\n"
                     "b 8f\n"
                     "7:\n" /* groups of two weights */
                     "crimp_begin_row\n"
                     "crimp_load_two\n"
                     "crimp_left 0\n"
                     "crimp_middle 4, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "crimp_start r2, r9, r10\n"
                     "crimp_start r1, r11, r12\n"
                     "crimp_right 8\n"
                     "movs r7, r4\n"
                     "add r0, lr\n"
                     "crimp_load_two\n"
                     "crimp_left 12\n"
                     "adds r7, r7, r2\n"
                     "adds r6, r6, r1\n"
                     "crimp_split r7, r9, r10\n"
                     "crimp_split r6, r11, r12\n"
                     "crimp_middle 16, r1\n"
                     "crimp_right 20\n"
                     "adds r3, r3, r4\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r3, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "add r0, lr\n"
                     "crimp_load_two\n"
                     "crimp_left 24\n"
                     "crimp_middle 28, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r2, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "crimp_right 32\n"
                     "crimp_split r6, r11, r12\n"
                     "mov r7, r10\n"
                     "crimp_split_into_r7 r4\n"
                     "crimp_store_two_windows\n"
                     "crimp_end_two\n"
                     "crimp_one_row 0\n"
                     "adds r2, r2, r3\n"
                     "movs r5, r4\n"
                     "mov r9, r2\n"
                     "movs r7, #0\n"
                     "asrs r2, r2, #16\n"
                     "adcs r7, r7, r2\n"
                     "crimp_next_one\n"
                     "crimp_one_row 12\n"
                     "adds r5, r5, r2\n"
                     "crimp_split_into_r7 r5\n"
                     "adds r3, r3, r4\n"
                     "crimp_split_into_r7 r3\n"
                     "crimp_next_one\n"
                     "crimp_one_row 24\n"
                     "adds r2, r2, r3\n"
                     "crimp_split_into_r7 r2\n"
                     "crimp_split_into_r7 r4\n"
                     "crimp_store_window\n"
                     "str r6, [sp, #52]\n"
                     "mov r0, r9\n"
                     "4:\n"
                     "crimp_end_row\n"
                     "8:\n"
                     "add sp, #92\n"
                     ".purgem crimp_split\n"
                     ".purgem crimp_start\n"
                     ".purgem crimp_split_into_r7\n"
                     ".purgem crimp_load_two\n"
                     ".purgem crimp_left\n"
                     ".purgem crimp_middle\n"
                     ".purgem crimp_right\n"
                     ".purgem crimp_two_rows\n"
                     ".purgem crimp_one_row\n"
                     ".purgem crimp_store\n"
                     ".purgem crimp_store_window\n"
                     ".purgem crimp_store_two_windows\n"
                     ".purgem crimp_next_one\n"
                     ".purgem crimp_end_row\n"
                     ".purgem crimp_begin_row\n"
                     ".purgem crimp_end_two\n"
                     : "+l"(from), "+l"(constants), "+l"(w)
                     : [stride] "i"(stride)
                     : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    const uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1], w2 = (uint32_t)weights[2];
    const uint32_t w3 = (uint32_t)weights[3], w4 = (uint32_t)weights[4], w5 = (uint32_t)weights[5];
    const uint32_t w6 = (uint32_t)weights[6], w7 = (uint32_t)weights[7], w8 = (uint32_t)weights[8];
    const int32_t narrow = windows->narrow;
    int32_t below = windows->below;
    int8_t *output = windows->output;

    for (; x != windows->end; x += next) {
        const int32_t *top = x;

        below = x == windows->upper ? 0 : below;
        for (int32_t column = 0; column < columns; ++column) {
            const int32_t *middle = top + width;
            const int32_t *bottom = middle + width;
            struct crimp_mul32_lanes sums = {0, 0};
            const uint32_t first = (uint32_t)top[0] * w0 + (uint32_t)top[1] * w1;
            const uint32_t second = (uint32_t)top[2] * w2;
            const uint32_t third = (uint32_t)middle[0] * w3;
            const uint32_t fourth = (uint32_t)middle[1] * w4 + (uint32_t)middle[2] * w5;
            const uint32_t fifth = (uint32_t)bottom[0] * w6 + (uint32_t)bottom[1] * w7;
            const uint32_t sixth = (uint32_t)bottom[2] * w8;

            if (narrow) {
                crimp_mul32_add_word(first, &sums);
                crimp_mul32_add_word(second + third, &sums);
                crimp_mul32_add_word(fourth, &sums);
                crimp_mul32_add_word(fifth, &sums);
                crimp_mul32_add_word(sixth, &sums);
            } else {
                crimp_mul32_add_word(first + second, &sums);
                crimp_mul32_add_word(third + fourth, &sums);
                crimp_mul32_add_word(fifth + sixth, &sums);
            }
            output[below] = crimp_mul32_direct(sums.high, windows->high, windows->low, windows->rounding,
                                               0, 14, 18);
            *output = crimp_mul32_direct(crimp_mul32_lower_lane(&sums), windows->high, windows->low,
                                         windows->rounding, 0, 14, 18);
            output += windows->channels;
            top += stride;
        }
    }
#endif
}
