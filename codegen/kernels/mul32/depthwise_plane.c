#include <stdint.h>

#include "pack.c"

/*
 * One channel of a band of output rows, gathered with the padding filled in. A word of the plane holds
 * a value of the band's upper half and the one `half` output rows below it, which share their weights:
 * see packed_dot.c.
 */
struct crimp_mul32_plane {
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t stride_height;
    int32_t padding_left;
    int32_t half;   /* a band is 2 * half output rows */
    int32_t height; /* (half - 1) * stride + dilated filter */
    int32_t width;  /* (output width - 1) * stride + dilated filter */
    int32_t input_zero_point;
};

/* Fills a plane with padding, which stays where no channel has values. */
static void crimp_mul32_clear_plane(int32_t *plane, const struct crimp_mul32_plane *shape)
{
    const int8_t zero_point = (int8_t)shape->input_zero_point;

    crimp_mul32_pack(plane, 1, &zero_point, 0, &zero_point, 0, shape->height * shape->width);
}

/*
 * Packs `rows` rows of `count` values each, count >= 1, from a to the lower and b to the upper halves of the plane's
 * words. Returns where the next row goes.
 */
static int32_t *crimp_mul32_pack_rows(int32_t *to, const int8_t *a, const int8_t *b, int32_t rows,
                                      int32_t count, const struct crimp_mul32_plane *shape)
{
    const int32_t channels = shape->channels;
    const int32_t row_bytes = shape->input_width * channels;
    const int32_t gap = shape->width - count;

#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t *out __asm__("r0") = to;
    register const int8_t *from_a __asm__("r1") = a;
    register const int8_t *from_b __asm__("r2") = b;
    /* The lowest bits of the count above the gap. */
    register uint32_t gap_bytes __asm__("r3") = 4u * (uint32_t)gap + ((uint32_t)count << 30);
    register int32_t next_row __asm__("r4") = row_bytes;
    register const int8_t *end __asm__("r5") = a + rows * row_bytes;
    register int32_t step __asm__("r6") = channels;
    register int32_t last __asm__("r7") = count * channels;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_word to\n"
                     "ldrsb \\to, [r1, r5]\n"
                     "ldrsb r7, [r2, r5]\n"
                     "lsls r7, r7, #16\n"
                     "adds \\to, \\to, r7\n"
                     "adds r5, r5, r6\n"
                     ".endm\n"
                     "mov r11, r3\n"
                     "lsls r3, r3, #2\n"
                     "lsrs r3, r3, #2\n"
                     "mov r8, r3\n"
                     "mov r9, r4\n"
                     "mov r10, r5\n"
                     "mov r12, r7\n"
                     "1:\n" /* a row */
                     "movs r5, #0\n"
                     "mov r3, r11\n"
                     "lsls r3, r3, #1\n" /* an odd number of values */
                     "bpl 2f\n"
                     "crimp_word r3\n"
                     "stmia r0!, {r3}\n"
                     "cmp r5, r12\n"
                     "beq 5f\n"
                     "2:\n"
                     "mov r3, r11\n"
                     "cmp r3, #0\n" /* an odd number of twos: begin in the middle */
                     "blt 4f\n"
                     "3:\n"
                     "crimp_word r3\n"
                     "crimp_word r4\n"
                     "stmia r0!, {r3, r4}\n"
                     "4:\n"
                     "crimp_word r3\n"
                     "crimp_word r4\n"
                     "stmia r0!, {r3, r4}\n"
                     "cmp r5, r12\n"
                     "bne 3b\n"
                     "5:\n"
                     "add r0, r8\n"
                     "add r1, r9\n"
                     "add r2, r9\n"
                     "cmp r1, r10\n"
                     "bne 1b\n"
                     ".purgem crimp_word\n"
                     : "+l"(out), "+l"(from_a), "+l"(from_b), "+l"(gap_bytes), "+l"(next_row), "+l"(end),
                       "+l"(last)
                     : "l"(step)
                     : "r8", "r9", "r10", "r11", "r12", "cc", "memory");
    return out;
#else
    for (; rows > 0; --rows) {
        to = crimp_mul32_pack(to, 1, a, channels, b, channels, count) + gap;
        a += row_bytes;
        b += row_bytes;
    }
    return to;
#endif
}

/* Gathers one channel from input row `row` on. Columns of padding are already filled. */
static void crimp_mul32_gather_plane(int32_t *plane, const int8_t *image, int32_t row,
                                     const struct crimp_mul32_plane *shape)
{
    const int8_t zero_point = (int8_t)shape->input_zero_point;
    const int32_t channels = shape->channels;
    const int32_t row_bytes = shape->input_width * channels;
    const int32_t apart = shape->half * shape->stride_height;
    const int32_t room = shape->width - shape->padding_left;
    const int32_t count = room < shape->input_width ? room : shape->input_width;
    const int32_t end = row + shape->height;

    plane += shape->padding_left;
    while (row < end) {
        const int32_t upper = (uint32_t)row < (uint32_t)shape->input_height;
        const int32_t lower = (uint32_t)(row + apart) < (uint32_t)shape->input_height;
        const int8_t *a = upper ? image + row * row_bytes : &zero_point;
        const int8_t *b = lower ? image + (row + apart) * row_bytes : &zero_point;

        if (upper && lower) {
            const int32_t below = shape->input_height - apart;
            const int32_t rows = (end < below ? end : below) - row;

            plane = crimp_mul32_pack_rows(plane, a, b, rows, count, shape);
            row += rows;
        } else {
            /* Padding in one half, or in both. */
            const int8_t *value = upper ? a : b;
            const int32_t step = upper || lower ? channels : 0;
            const uint32_t padding = (uint32_t)shape->input_zero_point << (upper ? 16 : 0);
            const int32_t shift = upper ? 0 : 16;

            for (int32_t i = 0; i < count; ++i) {
                plane[i] = (int32_t)(padding + ((uint32_t)*value << shift));
                value += step;
            }
            plane += shape->width;
            ++row;
        }
    }
}
